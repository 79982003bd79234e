import type { ImageSummary } from '../../engine/contract/image-records.ts'

/** A list of pictures without some of them. */
export function withoutPictures(images: readonly ImageSummary[], ids: readonly number[]): readonly ImageSummary[] {
  const gone = new Set(ids)
  return images.filter(({ id }) => !gone.has(id))
}

/**
 * A list in some order with new pictures where they belong in it; those that are there stay in their places.
 *
 * @param isWhole false: more is to be loaded, so what comes after the last one is left to the page it belongs to
 */
export function withPictures(
  images: readonly ImageSummary[],
  fresh: readonly ImageSummary[],
  { compare, isWhole }: { readonly compare: (a: ImageSummary, b: ImageSummary) => number; readonly isWhole: boolean },
): readonly ImageSummary[] {
  const last = images.at(-1)
  const shown = fresh.filter((one) => isWhole || (last !== undefined && compare(one, last) < 0)).sort(compare)
  if (shown.length === 0) return images
  const merged: ImageSummary[] = []
  let next = 0
  for (const image of images) {
    for (let one = shown[next]; one !== undefined && compare(one, image) < 0; one = shown[++next]) merged.push(one)
    merged.push(image)
  }
  return [...merged, ...shown.slice(next)]
}

/** A list with a page more; a picture that was rated since its page came does not come a second time. */
export function withMore(images: readonly ImageSummary[], more: readonly ImageSummary[]): readonly ImageSummary[] {
  const known = new Set(images.map(({ id }) => id))
  return [...images, ...more.filter(({ id }) => !known.has(id))]
}

/** A list in which some pictures are as they are now; the same list when it has none of them. */
export function withChanges(
  images: readonly ImageSummary[],
  changed: ReadonlyMap<number, ImageSummary>,
): readonly ImageSummary[] {
  return images.some(({ id }) => changed.has(id)) ? images.map((known) => changed.get(known.id) ?? known) : images
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
