/**
 * A text made from another one, which still knows where each of its UTF-16 units came from: unit i stands for
 * `starts[i]` (inclusive) to `ends[i]` (exclusive) of the original. Units that were inserted stand for the span that
 * asked for them.
 */
export interface MappedText {
  readonly text: string
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** A text that stands for itself. */
export function mapText(text: string): MappedText {
  const starts: number[] = []
  const ends: number[] = []
  for (let unit = 0; unit < text.length; unit++) {
    starts.push(unit)
    ends.push(unit + 1)
  }
  return { text, starts, ends }
}

/** Another text that stands, as a whole and in each of its units, for one span of the original. */
export const mapTextTo = (text: string, start: number, end: number): MappedText => ({
  text,
  starts: new Array<number>(text.length).fill(start),
  ends: new Array<number>(text.length).fill(end),
})

/** The units from `from` (inclusive) to `to` (exclusive). */
export const sliceMapped = ({ text, starts, ends }: MappedText, from: number, to?: number): MappedText => ({
  text: text.slice(from, to),
  starts: starts.slice(from, to),
  ends: ends.slice(from, to),
})

/** The parts one after another. */
export function joinMapped(parts: readonly MappedText[]): MappedText {
  const starts: number[] = []
  const ends: number[] = []
  for (const part of parts)
    for (let unit = 0; unit < part.text.length; unit++) {
      starts.push(part.starts[unit] ?? 0)
      ends.push(part.ends[unit] ?? 0)
    }
  return { text: parts.map(({ text }) => text).join(''), starts, ends }
}

/** The span of the original that units `from` (inclusive) to `to` (exclusive) stand for; from < to. */
export function spanOf({ starts, ends }: MappedText, from: number, to: number): { start: number; end: number } {
  let start = Infinity
  let end = 0
  for (let unit = from; unit < to; unit++) {
    start = Math.min(start, starts[unit] ?? 0)
    end = Math.max(end, ends[unit] ?? 0)
  }
  return { start, end }
}
