import { EngineError } from '../contract/failures.ts'
import { longestText } from './clip-tokenizer.ts'
import { joinMapped, mapTextTo, sliceMapped, spanOf, type MappedText } from './mapped-text.ts'
import type { PromptPass } from './prompt-comments.ts'
import type { PromptNote, PromptNoteKind } from './prompt-note.ts'
import { seededDraws, type SeededDraws } from './seeded-draws.ts'
import { matchBraces, readVariantOptions, type VariantOption } from './variant-options.ts'

export interface VariantSettings {
  /** Fixes what is drawn; give each picture of a batch its own. */
  readonly seed: bigint
  /** Lines by name, as `animals` or `animals/wild`; they may hold variants and wildcards themselves. */
  readonly wildcards: ReadonlyMap<string, readonly string[]>
}

/**
 * Draws one prompt from `{a|b}` variants and `__wildcard__` lists. `{2$$a|b|c}` takes two different options,
 * `{1-2$$ and $$a|b}` says how many and what stands between, `{3::a|b}` makes a three times as likely; `__an*__` draws
 * from all lists whose names fit. What was drawn stands for the whole `{…}` or `__…__` it came from.
 *
 * @throws EngineError 'prompt-invalid' when lists call each other without end, or the prompt gets too long
 * @source the syntax of sd-dynamic-prompts
 */
export function drawVariants(prompt: MappedText, { seed, wildcards }: VariantSettings): PromptPass {
  const drawer = new VariantDrawer(seededDraws(seed), wildcards)
  const text = drawer.expand(prompt, 0)
  return { text, notes: drawer.notes }
}

const deepest = 32
const mostExpansions = 10_000

/** One draw through a prompt, with the counts that keep it finite. */
class VariantDrawer {
  readonly notes: PromptNote[] = []
  readonly #draws: SeededDraws
  readonly #wildcards: VariantSettings['wildcards']
  #expansions = 0

  constructor(draws: SeededDraws, wildcards: VariantSettings['wildcards']) {
    this.#draws = draws
    this.#wildcards = wildcards
  }

  expand(prompt: MappedText, depth: number): MappedText {
    this.#stayFinite(prompt, depth)
    const braces = matchBraces(prompt.text)
    const parts: MappedText[] = []
    const marks = /\\[^]|[{}]|__((?:(?!__)[\p{L}\p{N}_\-./* ])+)__/gu
    let kept = 0
    for (let mark = marks.exec(prompt.text); mark !== null; mark = marks.exec(prompt.text)) {
      const { 0: piece, 1: name, index } = mark
      const close = braces.get(index)
      const drawn = close === undefined ? this.#readMark(prompt, mark, depth) : this.#draw(prompt, index, close, depth)
      if (drawn === undefined) continue
      const next = close === undefined || name !== undefined ? index + piece.length : close + 1
      parts.push(sliceMapped(prompt, kept, index), drawn)
      kept = next
      marks.lastIndex = next
    }
    const text = joinMapped([...parts, sliceMapped(prompt, kept)])
    this.#stayFinite(text, depth)
    return text
  }

  /** What a wildcard stands for; undefined where the mark is plain text. */
  #readMark(prompt: MappedText, mark: RegExpExecArray, depth: number): MappedText | undefined {
    const { 0: piece, 1: name, index } = mark
    if (piece.startsWith('\\')) return undefined
    const lines = name === undefined ? [] : this.#linesOf(name)
    const line = lines.length === 0 ? undefined : lines[this.#draws.below(lines.length)]
    const { start, end } = spanOf(prompt, index, index + piece.length)
    if (line !== undefined) return this.expand(mapTextTo(line, start, end), depth + 1)
    const kind: PromptNoteKind = name === undefined ? 'unmatched-brace' : 'unknown-wildcard'
    this.notes.push({ kind, text: piece, start, end })
    return undefined
  }

  #linesOf(name: string): readonly string[] {
    if (!name.includes('*')) return this.#wildcards.get(name) ?? []
    return [...this.#wildcards].flatMap(([key, lines]) => (fitsPattern(key, name) ? lines : []))
  }

  #draw(prompt: MappedText, open: number, close: number, depth: number): MappedText {
    const { least, most, separator, options } = readVariantOptions(sliceMapped(prompt, open + 1, close))
    const left = [...options]
    const { start, end } = spanOf(prompt, open, close + 1)
    const parts: MappedText[] = []
    for (let count = least + this.#draws.below(most - least + 1); count > 0; count--) {
      const [option] = left.splice(this.#drawIndex(left), 1)
      if (option === undefined) break
      if (parts.length > 0) parts.push(mapTextTo(separator, start, end))
      parts.push(this.expand(option.text, depth + 1))
    }
    return joinMapped(parts)
  }

  #drawIndex(options: readonly VariantOption[]): number {
    const total = options.reduce((sum, { weight }) => sum + weight, 0)
    let rest = this.#draws.share() * total
    const index = options.findIndex(({ weight }) => (rest -= weight) < 0)
    return index < 0 ? options.length - 1 : index
  }

  #stayFinite(text: MappedText, depth: number): void {
    this.#expansions++
    if (depth <= deepest && this.#expansions <= mostExpansions && text.text.length <= longestText) return
    throw new EngineError('prompt-invalid', {
      where: 'prompt variants',
      found: `${depth} levels, ${this.#expansions} expansions and ${text.text.length} letters`,
      expected: `at most ${deepest}, ${mostExpansions} and ${longestText}`,
      remedy: 'Look for a wildcard list that names itself.',
    })
  }
}

/** Whether a name is the pattern with any letters for each `*`; takes the first place for each part, which suffices. */
function fitsPattern(name: string, pattern: string): boolean {
  const [first = '', ...parts] = pattern.split('*')
  const last = parts.pop() ?? ''
  let at = first.length
  for (const part of parts) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return name.startsWith(first) && name.endsWith(last) && at + last.length <= name.length
}
