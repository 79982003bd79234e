import { cancelPicture, generatePicture, moreLikeThis, promptHistory, randomSeed } from '../actions/generate-picture.ts'
import { withSetup } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { canDraw, hasResult } from './can-run.ts'
import type { Command } from './command.ts'

const shelves = [
  { shelf: 'history', label: 'command.promptHistory', icon: 'clock' },
  { shelf: 'styles', label: 'command.promptStyles', icon: 'bookmark-simple' },
  { shelf: 'wildcards', label: 'command.promptWildcards', icon: 'cards' },
] as const

/** Making pictures, and the words they are made of. */
export const generateCommands: readonly Command[] = [
  {
    id: 'job.generate',
    label: 'command.generate',
    group: 'generate',
    shortcuts: ['mod+Enter'],
    worksWhileTyping: true,
    icon: 'paint-brush',
    isEnabled: canDraw,
    run: (studio) => generatePicture(studio, { isFirst: false }),
  },
  {
    id: 'job.generateFirst',
    label: 'command.generateFirst',
    group: 'generate',
    shortcuts: ['mod+shift+Enter'],
    worksWhileTyping: true,
    isEnabled: canDraw,
    run: (studio) => generatePicture(studio, { isFirst: true }),
  },
  {
    id: 'job.cancel',
    label: 'command.cancel',
    group: 'generate',
    shortcuts: ['shift+KeyX'],
    icon: 'stop',
    isEnabled: ({ jobs }) => jobs.running !== undefined,
    run: cancelPicture,
  },
  {
    id: 'seed.new',
    label: 'command.newSeed',
    group: 'generate',
    shortcuts: [],
    icon: 'dice-five',
    run: ({ document }) => {
      document.change(withSetup(document.current, { seed: randomSeed() }), 'change.seed')
    },
  },
  {
    id: 'variation.grid',
    label: 'command.variationGrid',
    group: 'generate',
    shortcuts: [],
    icon: 'squares-four',
    isEnabled: canDraw,
    run: ({ view }) => {
      view.isGridOpen = true
    },
  },
  {
    id: 'variation.more',
    label: 'command.moreLikeThis',
    group: 'generate',
    shortcuts: ['shift+KeyG'],
    place: 'canvas',
    icon: 'copy',
    isEnabled: (studio) => canDraw(studio) && hasResult(studio),
    run: moreLikeThis,
  },
  ...shelves.map(({ shelf, label, icon }): Command => ({
    id: `prompt.${shelf}`,
    label,
    group: 'edit',
    shortcuts: [],
    icon,
    run: ({ view }) => {
      view.workspace = 'canvas'
      view.shelf = shelf
    },
  })),
  {
    id: 'prompt.previous',
    label: 'command.previousPrompt',
    group: 'edit',
    shortcuts: ['alt+ArrowUp'],
    worksWhileTyping: true,
    place: 'canvas',
    isEnabled: (studio) => promptHistory(studio).length > 0,
    run: (studio) => {
      walkPrompts(studio, 1)
    },
  },
  {
    id: 'prompt.next',
    label: 'command.nextPrompt',
    group: 'edit',
    shortcuts: ['alt+ArrowDown'],
    worksWhileTyping: true,
    place: 'canvas',
    isEnabled: (studio) => promptHistory(studio).length > 0,
    run: (studio) => {
      walkPrompts(studio, -1)
    },
  },
]

function walkPrompts(studio: StudioState, by: 1 | -1): void {
  const { document } = studio
  const prompts = promptHistory(studio)
  const prompt = prompts[prompts.indexOf(document.current.prompt) + by]
  if (prompt !== undefined) document.change({ ...document.current, prompt }, 'change.prompt')
}
