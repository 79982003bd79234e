import { getContext, setContext } from 'svelte'
import type { StudioState } from './studio-state.svelte.ts'

const key = 'studio'

export const provideStudio = (studio: StudioState): StudioState => setContext(key, studio)

/** The studio of the window; call it while a component is being made. */
export const useStudio = (): StudioState => getContext<StudioState>(key)
