import { FirstMarks, type FirstMark, type WordTokens } from '../alignment/first-marks.ts'
import { EngineError } from '../contract/failures.ts'
import { networkInput } from '../diffusion/prediction.ts'
import type { Denoiser, NoiseLevel, Schedule } from '../machine/denoiser.ts'
import type { AttentionMap } from '../machine/machine.ts'
import { conditioningAt, stageIndexAt, type Prompted } from './prompted-denoiser.ts'

/** Watches the attention to some words while a picture is drawn. The picture comes out the same, bit by bit. */
export class WordWatch {
  readonly #marks: FirstMarks
  readonly #hasWords: boolean
  #notes: readonly string[] = []

  /** @param words  each with at least one token; none = nothing is watched */
  constructor(words: readonly WordTokens[]) {
    this.#marks = new FirstMarks(words)
    this.#hasWords = words.length > 0
  }

  /** Maps that were read for another reason: they cost nothing. */
  see(maps: readonly AttentionMap[]): void {
    if (this.#hasWords) this.#marks.add(maps)
  }

  /** The same denoiser, with a second look at two steps of the last third: one more run of the network each. */
  around(denoise: Denoiser, prompted: Prompted): Denoiser {
    if (!this.#hasWords) return denoise
    const wanted = watchedSteps(prompted.schedule)
    return async (x, level) => {
      const clean = await denoise(x, level)
      const step = stepAt(prompted.schedule, level)
      // A sampler that looks twice in a step is watched once.
      if (wanted.delete(step) && stageIndexAt(prompted, level) === prompted.prompt.length - 1)
        await this.#look(prompted, networkInput(x, level), level)
      return clean
    }
  }

  /** What was seen; empty without words. */
  marks(): readonly FirstMark[] {
    return this.#hasWords ? this.#marks.marks() : []
  }

  /** Remarks for the recipe. */
  get notes(): readonly string[] {
    return this.#notes
  }

  /** A picture never fails because there is no room to watch it. */
  async #look(prompted: Prompted, sample: ReturnType<typeof networkInput>, level: NoiseLevel): Promise<void> {
    if (this.#notes.length > 0) return
    const { timestep } = level
    const conditioning = conditioningAt(prompted, level)
    try {
      const { maps } = await prompted.machine.attend({ sample, timestep, conditioning, wantsMaps: true })
      this.#marks.add(maps)
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'out-of-memory') throw error
      this.#notes = [`marks-skipped: ${error.facts.found}`.slice(0, 200)]
    }
  }
}

/** The middle of the last third of the steps, and the last: maps of earlier steps are too noisy to say where things are. */
export const watchedSteps = (schedule: Schedule): Set<number> => {
  const last = schedule.length - 2
  return new Set([Math.min(last, Math.round((5 / 6) * last)), last])
}

const stepAt = (schedule: Schedule, { sigma }: NoiseLevel): number =>
  schedule.findLastIndex((start) => start.sigma >= sigma)
