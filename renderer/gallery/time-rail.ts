/** A month on the rail beside the pictures. */
export interface RailMark {
  /** `2026-11` */
  readonly month: string
  /** Its newest picture, counted from the newest of all. */
  readonly index: number
  /** Where it stands on the rail, 0 at the top … 1. */
  readonly share: number
  /** Whether there is room for its name. */
  readonly isNamed: boolean
}

/** Names closer than this would touch. */
const leastApart = 0.04

/**
 * The months of a library, each as far down as its pictures lie.
 *
 * @param days newest first
 */
export function layOutRail(days: readonly { readonly day: string; readonly count: number }[]): readonly RailMark[] {
  const all = days.reduce((sum, { count }) => sum + count, 0)
  const marks: RailMark[] = []
  let index = 0
  let named = -leastApart
  for (const { day, count } of days) {
    const month = day.slice(0, 7)
    if (marks.at(-1)?.month !== month) {
      const share = index / Math.max(1, all)
      const isNamed = share - named >= leastApart
      if (isNamed) named = share
      marks.push({ month, index, share, isNamed })
    }
    index += count
  }
  return marks
}
