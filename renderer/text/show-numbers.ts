/** A duration as it is said: under 10 s to the second, under 2 min to 5 s, above to the minute. */
export function showDuration(ms: number, language: string): string {
  const seconds = ms / 1000
  const format = (value: number, unit: 'second' | 'minute' | 'hour') =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0 }).format(
      value,
    )
  if (seconds < 10) return format(Math.max(1, Math.round(seconds)), 'second')
  if (seconds < 120) return format(Math.round(seconds / 5) * 5, 'second')
  return seconds < 7200 ? format(Math.round(seconds / 60), 'minute') : format(Math.round(seconds / 3600), 'hour')
}

/** Bytes in the unit that people read. */
export function showBytes(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: bytes / 1000 ** power < 10 && power > 0 ? 1 : 0,
  }).format(bytes / 1000 ** power)
}

/** A seed in groups of four, so that it can be read aloud. */
export const showSeed = (seed: string): string => seed.replace(/\B(?=(\d{4})+$)/g, ' ')

/** A day and a time, as short as they can be told apart. */
export const showMoment = (ms: number, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(ms)

/** `2026-11-24` of the day in this time zone, for grouping. */
export const dayOf = (ms: number): string => {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** `dayOf` of many moments that are mostly near each other: a calendar is only asked where the day changes. */
export function daysOf(moments: readonly number[]): readonly string[] {
  let day = ''
  let from = Infinity
  let to = -Infinity
  return moments.map((ms) => {
    if (ms < from || ms >= to) {
      const start = new Date(ms)
      start.setHours(0, 0, 0, 0)
      from = start.getTime()
      to = new Date(start).setDate(start.getDate() + 1)
      day = dayOf(ms)
    }
    return day
  })
}
