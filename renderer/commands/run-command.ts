import type { StudioState } from '../state/studio-state.svelte.ts'
import type { Command } from './command.ts'

/** Runs a command when it can be run; whatever fails is told to the user. */
export function runCommand(studio: StudioState, command: Command): void {
  if (command.isEnabled?.(studio) === false) return
  void studio.attempt(() => command.run(studio))
}
