/** A stretch of time on the user's clock: `fromMs` ≤ t < `toMs`. */
export interface DateRange {
  readonly fromMs: number
  readonly toMs: number
}

const day = (date: Date, by: number): Date => new Date(date.getFullYear(), date.getMonth(), date.getDate() + by)

const between = (from: Date, to: Date): DateRange => ({ fromMs: from.getTime(), toMs: to.getTime() })

/** Words for days, in both languages. */
const named: readonly (readonly [RegExp, (now: Date) => DateRange])[] = [
  [/^(today|heute)$/i, (now) => between(day(now, 0), day(now, 1))],
  [/^(yesterday|gestern)$/i, (now) => between(day(now, -1), day(now, 0))],
  [/^(week|woche)$/i, (now) => between(day(now, -6), day(now, 1))],
  [
    /^(month|monat)$/i,
    (now) =>
      between(new Date(now.getFullYear(), now.getMonth(), 1), new Date(now.getFullYear(), now.getMonth() + 1, 1)),
  ],
]

/**
 * `2026`, `2026-11`, `2026-11-28`, `today`, `yesterday`, `week` (seven days, today the last) or `month` (this one).
 *
 * @returns undefined when it is none of them, or no day of the calendar
 */
export function dateRange(text: string, now: Date): DateRange | undefined {
  const word = named.find(([pattern]) => pattern.test(text))
  if (word !== undefined) return word[1](now)
  const [, year, month, date] = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(text) ?? []
  if (year === undefined) return undefined
  const at = { year: Number(year), month: Number(month ?? 1) - 1, date: Number(date ?? 1) }
  const from = new Date(at.year, at.month, at.date)
  if (from.getMonth() !== at.month || from.getDate() !== at.date) return undefined
  if (date !== undefined) return between(from, day(from, 1))
  return between(from, month === undefined ? new Date(at.year + 1, 0, 1) : new Date(at.year, at.month + 1, 1))
}

/** When such a day, month or year begins. */
export const startOf = (text: string, now: Date): number | undefined => dateRange(text, now)?.fromMs
