import type { MessageKey } from '../text/messages.ts'
import { type ToolId, toolIds } from '../tools/tool.ts'
import { toolIcons } from '../tools/tools.ts'
import type { Command } from './command.ts'

const toolKeys: Readonly<Record<ToolId, string>> = {
  brush: 'KeyB',
  eraser: 'KeyE',
  rectangle: 'KeyU',
  lasso: 'KeyL',
  fill: 'KeyG',
  word: 'KeyW',
  move: 'KeyV',
  frame: 'KeyC',
  hand: 'KeyH',
}

const toolLabels: Readonly<Record<ToolId, MessageKey>> = {
  brush: 'tool.brush',
  eraser: 'tool.eraser',
  rectangle: 'tool.rectangle',
  lasso: 'tool.lasso',
  fill: 'tool.fill',
  word: 'tool.word',
  move: 'tool.move',
  frame: 'tool.frame',
  hand: 'tool.hand',
}

/** Each tool: tapped it stays, held it is used until the key is let go. */
export const toolCommands: readonly Command[] = toolIds.map((id) => ({
  id: `tool.${id}`,
  label: toolLabels[id],
  group: 'tools' as const,
  shortcuts: [toolKeys[id]],
  place: 'canvas' as const,
  icon: toolIcons[id],
  isHeld: true,
  run: ({ view }) => {
    if (view.tool === id) return
    view.heldOver = view.tool
    view.tool = id
  },
  release: ({ view }) => {
    if (view.heldOver === null) return
    view.tool = view.heldOver
    view.heldOver = null
  },
}))
