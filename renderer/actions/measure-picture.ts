import type { StudioState } from '../state/studio-state.svelte.ts'

/** Measuring that takes no longer than this is done by itself. */
export const quietMs = 3000

/** Whoever only walks by is not waited for. */
const restMs = 600

/** Measures pictures that are looked at, when that is quick and nothing else waits for the engine; each once. */
export class QuietMeasuring {
  readonly #studio: StudioState
  readonly #tried = new Set<number>()

  constructor(studio: StudioState) {
    this.#studio = studio
  }

  /** To be asked again whenever what it reads has changed. @returns how to take it back */
  consider(): (() => void) | undefined {
    const imageId = this.#wanted()
    if (imageId === null || this.#tried.has(imageId)) return undefined
    const wait = setTimeout(() => {
      this.#tried.add(imageId)
      this.#studio.alignment.measure(imageId).catch(() => undefined)
    }, restMs)
    return () => {
      clearTimeout(wait)
    }
  }

  #wanted(): number | null {
    const { alignment, results, jobs, fixes } = this.#studio
    const known = alignment.get(results.shown)
    if (known === undefined || known.measured !== null || known.isMeasuring || fixes.round !== null) return null
    if (known.estimateMs === null || known.estimateMs > quietMs || known.first.length === 0) return null
    return jobs.queue.runningJobId === null && jobs.queue.waiting === 0 ? known.imageId : null
  }
}

/** Measures the shown picture; stopping it is no fault. */
export async function measureShown(studio: StudioState): Promise<void> {
  const { results, alignment } = studio
  if (results.shown === null) return
  try {
    await alignment.measure(results.shown)
  } catch (error) {
    if (!isCancelled(error)) throw error
  }
}

export const isCancelled = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'cancelled'
