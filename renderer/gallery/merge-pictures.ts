import type { ImageSummary } from '../../engine/contract/image-records.ts'

/** A list of pictures without some of them. */
export function withoutPictures(images: readonly ImageSummary[], ids: readonly number[]): readonly ImageSummary[] {
  const gone = new Set(ids)
  return images.filter(({ id }) => !gone.has(id))
}

/**
 * A list, newest first, with new pictures where their moment belongs.
 *
 * @param oldest ids up to this one are not loaded yet, so such pictures are left to the page they belong to
 */
export function withPictures(
  images: readonly ImageSummary[],
  fresh: readonly ImageSummary[],
  oldest: number,
): readonly ImageSummary[] {
  const shown = fresh.filter(({ id }) => id > oldest)
  return shown.length === 0 ? images : [...shown, ...images].sort((a, b) => b.id - a.id)
}

/** Pictures that came or changed in one turn of the event loop: thousands at a time, told one by one. */
export class PictureNews {
  readonly #added = new Map<number, ImageSummary>()
  readonly #changed = new Map<number, ImageSummary>()
  readonly #tell: () => void

  /** @param tell called once, a moment after the first of them */
  constructor(tell: () => void) {
    this.#tell = tell
  }

  add(image: ImageSummary): void {
    this.#schedule()
    this.#added.set(image.id, image)
  }

  change(image: ImageSummary): void {
    this.#schedule()
    this.#changed.set(image.id, image)
  }

  /** What there is since the last time: pictures that `images` does not have, and how some are now. */
  take(images: readonly ImageSummary[]): {
    readonly fresh: readonly ImageSummary[]
    readonly changed: ReadonlyMap<number, ImageSummary>
  } {
    const known = new Set(images.map(({ id }) => id))
    const fresh = [...this.#added.values()].filter(({ id }) => !known.has(id))
    const changed = new Map(this.#changed)
    this.#added.clear()
    this.#changed.clear()
    return { fresh, changed }
  }

  #schedule(): void {
    if (this.#added.size === 0 && this.#changed.size === 0) setTimeout(this.#tell)
  }
}
