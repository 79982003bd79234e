import { moveTool } from './move-tool.ts'
import { paintTool } from './paint-tool.ts'
import { frameTool } from './place-tools.ts'
import { fillTool, lassoTool, rectangleTool } from './shape-tools.ts'
import type { Tool, ToolId } from './tool.ts'

/** Tools that change the document; the hand and the choice of a word only change what is looked at. */
export const tools = {
  brush: paintTool(null),
  eraser: paintTool('remove'),
  rectangle: rectangleTool,
  lasso: lassoTool,
  fill: fillTool,
  move: moveTool,
  frame: frameTool,
} satisfies Partial<Record<ToolId, Tool>>

export const toolIcons: Readonly<Record<ToolId, string>> = {
  brush: 'paint-brush',
  eraser: 'eraser',
  rectangle: 'rectangle-dashed',
  lasso: 'lasso',
  fill: 'paint-bucket',
  word: 'magic-wand',
  move: 'arrows-out-cardinal',
  frame: 'frame-corners',
  hand: 'hand',
}
