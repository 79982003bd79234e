import type { ImagePage, ImageSort, ImageSummary } from '../../engine/contract/image-records.ts'
import { dayOf } from '../text/show-numbers.ts'

/** Where the next page begins; null = there is none. */
export type PagePlace = { readonly before: number; readonly rank?: number } | null

export const placeAfter = ({ next, rank }: ImagePage): PagePlace =>
  next === null ? null : { before: next, ...(rank !== undefined && { rank }) }

const rankOf = (image: ImageSummary, sort: ImageSort): number => {
  if (sort === 'stars') return image.rating ?? 0
  return sort === 'obedience' ? (image.obedience ?? -1) : 0
}

/** Below 0 when `a` stands before `b`, as the library orders them. */
export const compareIn =
  (sort: ImageSort) =>
  (a: ImageSummary, b: ImageSummary): number =>
    rankOf(b, sort) - rankOf(a, sort) || (sort === 'oldest' ? a.id - b.id : b.id - a.id)

/** How well pictures follow their words, in the steps of the alignment panel. */
export const obedienceBands = ['obeyed', 'partly', 'missed', 'notMeasured'] as const
export type ObedienceBand = (typeof obedienceBands)[number]

export const bandOf = ({ obedience }: ImageSummary): ObedienceBand => {
  if (obedience === null) return 'notMeasured'
  return obedience >= 0.6 ? 'obeyed' : obedience >= 0.3 ? 'partly' : 'missed'
}

/** What a picture stands under: its day, its stars or how well it follows. */
export const headingOf = (image: ImageSummary, sort: ImageSort): string => {
  switch (sort) {
    case 'newest':
    case 'oldest':
      return dayOf(image.createdMs)
    case 'stars':
      return String(image.rating ?? 0)
    case 'obedience':
      return bandOf(image)
  }
}

/** What pictures stood under when they came: rating one does not move it before the gallery is ordered anew. */
export class StandingHeadings {
  readonly #known = new Map<number, string>()

  of(image: ImageSummary, sort: ImageSort): string {
    const known = this.#known.get(image.id)
    if (known !== undefined) return known
    const heading = headingOf(image, sort)
    this.#known.set(image.id, heading)
    return heading
  }

  clear(): void {
    this.#known.clear()
  }
}
