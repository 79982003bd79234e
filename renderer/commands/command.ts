import type { StudioState } from '../state/studio-state.svelte.ts'
import type { MessageKey } from '../text/messages.ts'

/** Where the keys of a command count; commands without a place count everywhere. */
export type CommandPlace = 'canvas' | 'gallery'

export const commandGroups = [
  'generate',
  'document',
  'edit',
  'tools',
  'regions',
  'results',
  'view',
  'gallery',
  'go',
] as const
export type CommandGroup = (typeof commandGroups)[number]

/** Everything that can be done, once: menu, palette, keys and buttons use the same object. */
export interface Command {
  readonly id: string
  readonly label: MessageKey
  readonly group: CommandGroup
  /** By `event.code`, with `mod` for Control or Command: `mod+shift+KeyZ`. */
  readonly shortcuts: readonly string[]
  readonly place?: CommandPlace
  readonly icon?: string
  /** Keys that also count while text is typed. */
  readonly worksWhileTyping?: boolean
  /** A key of a tool: held, it is used only until it is let go. */
  readonly isHeld?: boolean
  readonly isEnabled?: (studio: StudioState) => boolean
  readonly run: (studio: StudioState) => void | Promise<void>
  readonly release?: (studio: StudioState) => void
}
