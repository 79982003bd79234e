import { alignLimits, alignRequestSchema } from '../../contract/align-records.ts'
import type { AlignRequest } from '../../contract/align-records.ts'
import type { Announce } from '../../contract/events.ts'
import { EngineError } from '../../contract/failures.ts'
import type { PictureAlignment, WordHeat } from '../../contract/picture-alignment-record.ts'
import type { RawPicture, Recipe } from '../../contract/records.ts'
import type { Library } from '../../library/library.ts'
import type { AlignedPicture, HeatGrid } from '../../worker/protocol/align-calls.ts'
import type { PictureCodec } from '../pictures/picture-codec.ts'
import { readPixels } from '../pictures/read-pixels.ts'
import type { FilesOfPicture } from './files-of-picture.ts'
import { measuringTime } from './measuring-time.ts'

/** What the desk asks of the worker process. */
export type MeasurePicture = (
  asked: FilesOfPicture & { readonly request: AlignRequest; readonly image: RawPicture },
  run: { readonly signal: AbortSignal; readonly onProgress: (step: { done: number; total: number }) => void },
) => Promise<AlignedPicture>

export interface DeskParts {
  readonly library: Library
  readonly codec: PictureCodec
  readonly announce: Announce
  readonly now: () => number
  readonly measure: MeasurePicture
  /** What a picture was drawn with. @throws EngineError 'not-found' */
  readonly filesOf: (picture: { readonly imageId: number; readonly recipe: Recipe }) => Promise<FilesOfPicture>
}

interface Measuring {
  readonly controller: AbortController
  readonly done: Promise<void>
}

/** Tells how pictures show the words of their prompts, and has it measured. One measurement a picture at a time. */
export class AlignmentDesk {
  readonly #parts: DeskParts
  readonly #measuring = new Map<number, Measuring>()

  constructor(parts: DeskParts) {
    this.#parts = parts
  }

  /** @throws EngineError 'not-found' */
  get(imageId: number): PictureAlignment {
    const { library } = this.#parts
    const { recipe } = library.images.details(imageId)
    const { first, measured } = library.alignment.get(imageId)
    const words = Math.max(1, first.length)
    return {
      imageId,
      prompt: recipe?.prompt ?? null,
      first,
      measured,
      estimateMs: recipe === null || recipe.prompt.trim() === '' ? null : Math.round(measuringTime(recipe, words)),
      isMeasuring: this.#measuring.has(imageId),
    }
  }

  /** @throws EngineError 'not-found' */
  heat(imageId: number, word: string): WordHeat {
    const { source, width, height, heat } = this.#parts.library.alignment.heat(imageId, word)
    return { source, width, height, bytes: Buffer.from(heat).toString('base64') }
  }

  /**
   * Measures the given words, or those that the picture's first marks are about. Joins a measurement under way.
   *
   * @throws EngineError 'not-found', 'bad-argument' for a picture without a prompt of its own, 'cancelled', and what the
   *   worker refuses
   */
  async measure(imageId: number, words?: readonly string[]): Promise<PictureAlignment> {
    await (this.#measuring.get(imageId)?.done ?? this.#begin(imageId, words))
    return this.get(imageId)
  }

  cancel(imageId: number): void {
    this.#measuring
      .get(imageId)
      ?.controller.abort(new EngineError('cancelled', { where: `picture ${imageId}`, found: 'measuring was stopped' }))
  }

  /** Stops whatever is being measured. */
  async close(): Promise<void> {
    for (const imageId of this.#measuring.keys()) this.cancel(imageId)
    await Promise.allSettled([...this.#measuring.values()].map(({ done }) => done))
  }

  #begin(imageId: number, words: readonly string[] | undefined): Promise<void> {
    const controller = new AbortController()
    const done = this.#measure(imageId, words, controller.signal).finally(() => {
      this.#measuring.delete(imageId)
      this.#parts.announce('alignment.changed', { imageId })
    })
    this.#measuring.set(imageId, { controller, done })
    this.#parts.announce('alignment.changed', { imageId })
    return done
  }

  async #measure(imageId: number, words: readonly string[] | undefined, signal: AbortSignal): Promise<void> {
    const { library, codec, announce, now, measure, filesOf } = this.#parts
    const { recipe } = library.images.details(imageId)
    if (recipe === null || recipe.prompt.trim() === '') throw withoutPrompt(imageId)
    const asked = words ?? library.alignment.get(imageId).first.map(({ word }) => word)
    const request = alignRequestSchema.parse({
      prompt: recipe.prompt,
      ...(asked.length > 0 && { words: asked.slice(0, alignLimits.words) }),
    })
    const files = await filesOf({ imageId, recipe })
    const { pixels } = await readPixels(library, codec, String(imageId))
    const { report, grids, model, durationMs } = await measure(
      { ...files, request, image: pixels },
      {
        signal,
        onProgress: ({ done, total }) => {
          announce('alignment.progress', { imageId, done, total })
        },
      },
    )
    const heats = report.words.flatMap(({ word }, i) => {
      const grid = grids[i]
      return grid === undefined ? [] : [{ word, ...bytesOf(grid) }]
    })
    library.alignment.putMeasured(imageId, { report, model, durationMs, atMs: now() }, heats)
  }
}

const bytesOf = ({ width, height, heat }: HeatGrid) => ({
  width,
  height,
  heat: Uint8Array.from(heat, (value) => Math.round(255 * Math.min(1, Math.max(0, value)))),
})

const withoutPrompt = (imageId: number): EngineError =>
  new EngineError('bad-argument', {
    where: `picture ${imageId}`,
    found: 'no prompt that Attune wrote into it',
    expected: 'a picture that was drawn here',
    remedy: 'Draw it again with its settings.',
  })
