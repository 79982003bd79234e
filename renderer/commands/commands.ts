import { workspaces } from '../state/view-state.svelte.ts'
import type { MessageKey } from '../text/messages.ts'
import type { Command } from './command.ts'
import { alignmentCommands } from './alignment-commands.ts'
import { documentCommands } from './document-commands.ts'
import { galleryCommands } from './gallery-commands.ts'
import { generateCommands } from './generate-commands.ts'
import { regionCommands } from './region-commands.ts'
import { resultCommands } from './result-commands.ts'
import { toolCommands } from './tool-commands.ts'
import { viewCommands } from './view-commands.ts'

const goLabels: readonly MessageKey[] = ['nav.canvas', 'nav.gallery', 'nav.models', 'nav.settings']

const goCommands: readonly Command[] = [
  ...workspaces.map((workspace, i): Command => ({
    id: `go.${workspace}`,
    label: goLabels[i] ?? 'nav.canvas',
    group: 'go',
    shortcuts: workspace === 'settings' ? ['mod+Comma', 'alt+Digit4'] : [`alt+Digit${i + 1}`],
    worksWhileTyping: true,
    icon: ['paint-brush', 'images', 'package', 'gear-six'][i] ?? 'paint-brush',
    run: ({ view }) => {
      view.workspace = workspace
    },
  })),
  {
    id: 'go.palette',
    label: 'command.palette',
    group: 'go',
    shortcuts: ['mod+KeyK', 'mod+shift+KeyP'],
    worksWhileTyping: true,
    icon: 'magnifying-glass',
    run: ({ view }) => {
      view.isPaletteOpen = true
    },
  },
  {
    id: 'go.queue',
    label: 'command.queue',
    group: 'go',
    shortcuts: ['mod+KeyJ'],
    worksWhileTyping: true,
    icon: 'queue',
    run: ({ view }) => {
      view.isQueueOpen = !view.isQueueOpen
    },
  },
  {
    id: 'go.help',
    label: 'command.help',
    group: 'go',
    shortcuts: ['F1'],
    worksWhileTyping: true,
    icon: 'info',
    run: ({ view }) => {
      view.workspace = 'canvas'
      view.isWelcomeOpen = !view.isWelcomeOpen
    },
  },
  {
    id: 'go.keys',
    label: 'command.keys',
    group: 'go',
    shortcuts: ['shift+Slash'],
    icon: 'keyboard',
    run: ({ view }) => {
      view.settingsPart = 'settings.keys'
      view.workspace = 'settings'
    },
  },
]

/** Everything that can be done in the studio; a new command is one object in one of these lists. */
export const commands: readonly Command[] = [
  ...generateCommands,
  ...documentCommands,
  ...toolCommands,
  ...regionCommands,
  ...resultCommands,
  ...alignmentCommands,
  ...viewCommands,
  ...galleryCommands,
  ...goCommands,
]

export const findCommand = (id: string): Command => {
  const found = commands.find((command) => command.id === id)
  if (found === undefined) throw new Error(`commands: "${id}" does not exist.`)
  return found
}
