import { sliceMapped, type MappedText } from './mapped-text.ts'

/** What stands between the braces of `{2$$ and $$0.5::a|b}`. */
export interface VariantOptions {
  /** How many options are taken, both ends inclusive. */
  readonly least: number
  readonly most: number
  /** What stands between them. */
  readonly separator: string
  readonly options: readonly VariantOption[]
}

export interface VariantOption {
  readonly text: MappedText
  /** How often it is drawn in relation to the others, 1 unless said. */
  readonly weight: number
}

/** Units from `{` to its `}`; braces that have no partner are not in it. A backslash takes a brace literally. */
export function matchBraces(text: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>()
  const open: number[] = []
  for (const { 0: piece, index } of text.matchAll(/\\[^]|[{}]/g)) {
    if (piece === '{') open.push(index)
    const start = piece === '}' ? open.pop() : undefined
    if (start !== undefined) pairs.set(start, index)
  }
  return pairs
}

/**
 * Cuts the text between two braces into its options. Strokes inside inner braces and inside square brackets belong to
 * those.
 *
 * @source the syntax of sd-dynamic-prompts: `{a|b}`, `{2$$a|b}`, `{1-2$$ and $$a|b}`, `{0.5::a|b}`
 */
export function readVariantOptions(inside: MappedText): VariantOptions {
  const quantity = /^\s*(?:(\d+)|(\d*)-(\d*))\$\$/.exec(inside.text)
  const [least, most] = quantity === null ? [1, 1] : readRange(quantity)
  let from = quantity?.[0].length ?? 0
  const strokes = findStrokes(inside.text, from)
  const mark = quantity === null ? -1 : inside.text.slice(from, strokes[0]).indexOf('$$')
  const separator = mark < 0 ? ', ' : inside.text.slice(from, from + mark)
  if (mark >= 0) from += mark + 2
  const options = [...strokes, inside.text.length].map((to) => {
    const option = readOption(sliceMapped(inside, from, to))
    from = to + 1
    return option
  })
  return { least: Math.min(least, options.length), most: Math.min(most, options.length), separator, options }
}

function readRange([, exact, first, last]: RegExpExecArray): readonly [number, number] {
  if (exact !== undefined) return [Number(exact), Number(exact)]
  const least = first === undefined || first === '' ? 0 : Number(first)
  const most = last === undefined || last === '' ? Infinity : Number(last)
  return [Math.min(least, most), Math.max(least, most)]
}

function readOption(option: MappedText): VariantOption {
  const written = /^\s*(\d+\.?\d*|\.\d+)::/.exec(option.text)
  if (written === null) return { text: option, weight: 1 }
  return { text: sliceMapped(option, written[0].length), weight: Number(written[1]) }
}

/** Units of the strokes that are outside of inner braces, and outside of square brackets where those are balanced. */
function findStrokes(text: string, from: number): readonly number[] {
  const inBraces: number[] = []
  const outside: number[] = []
  let braces = 0
  let brackets = 0
  for (const { 0: piece, index } of text.matchAll(/\\[^]|[{}[\]|]/g)) {
    if (piece === '{') braces++
    if (piece === '}') braces--
    if (braces > 0 || index < from) continue
    if (piece === '[') brackets++
    if (piece === ']') brackets--
    if (piece === '|') inBraces.push(index)
    if (piece === '|' && brackets === 0) outside.push(index)
  }
  return brackets === 0 ? outside : inBraces
}
