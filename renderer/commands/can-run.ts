import type { StudioState } from '../state/studio-state.svelte.ts'

/** Whether there is something to draw and somebody to draw it. */
export const canDraw = ({ document, linkState }: StudioState): boolean =>
  document.current.prompt.trim() !== '' && linkState === 'online'
export const hasResult = ({ results }: StudioState): boolean => results.shown !== null
