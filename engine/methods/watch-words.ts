import { FirstMarks, type FirstMark, type WordTokens } from '../alignment/first-marks.ts'
import type { Denoiser, NoiseLevel, Schedule } from '../machine/denoiser.ts'
import type { AttentionMap, Machine, PredictCall } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { promptedDenoiser, stageIndexAt, type Prompted } from './prompted-denoiser.ts'

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

  /** Maps that were read to steer regions. */
  see(maps: readonly AttentionMap[]): void {
    if (this.#hasWords) this.#marks.add(maps)
  }

  /**
   * The prompt's side of guidance, two of whose runs tell what they looked at: in the last third of the steps, with no run
   * more than an unwatched picture has.
   */
  denoiser(prompted: Prompted): Denoiser {
    if (!this.#hasWords) return promptedDenoiser(prompted)
    const wanted = watchedSteps(prompted.schedule)
    return promptedDenoiser(prompted, (call, level) => {
      const isLastStage = stageIndexAt(prompted, level) === prompted.prompt.length - 1
      // A sampler that looks twice in a step is watched once.
      const isWatched = wanted.delete(stepAt(prompted.schedule, level)) && isLastStage
      return isWatched ? this.#predictWatched(prompted.machine, call) : prompted.machine.predict(call)
    })
  }

  /** What was seen; empty without words. */
  marks(): readonly FirstMark[] {
    return this.#hasWords ? this.#marks.marks() : []
  }

  /** Remarks for the recipe. */
  get notes(): readonly string[] {
    return this.#notes
  }

  async #predictWatched({ predict }: Machine, call: PredictCall): Promise<NdArray> {
    let isSeen = false
    const output = await predict({
      ...call,
      onMaps: (maps) => {
        isSeen = true
        this.#marks.add(maps)
      },
    })
    if (!isSeen) this.#notes = ['marks-skipped: no memory for attention maps']
    return output
  }
}

/** The middle of the last third of the steps, and the last: maps of earlier steps are too noisy to say where things are. */
export const watchedSteps = (schedule: Schedule): Set<number> => {
  const last = schedule.length - 2
  return new Set([Math.min(last, Math.round((5 / 6) * last)), last])
}

const stepAt = (schedule: Schedule, { sigma }: NoiseLevel): number =>
  schedule.findLastIndex((start) => start.sigma >= sigma)
