import { joinMapped, sliceMapped, spanOf, type MappedText } from './mapped-text.ts'
import type { PromptNote, PromptNoteKind } from './prompt-note.ts'
import { readNumber, space, wholeWord } from './python-text.ts'

/** A stretch of a prompt with one weight. */
export interface WeightedText extends MappedText {
  readonly weight: number
}

/** A prompt cut where the weight changes, and what its brackets do that a reader may not expect. */
export interface Attention {
  readonly segments: readonly WeightedText[]
  readonly notes: readonly PromptNote[]
}

/** Whether a segment is the mark that starts a new chunk, and not the word with some other weight. */
export const isBreak = ({ text, weight }: WeightedText): boolean => text === 'BREAK' && weight === -1

/**
 * Reads A1111's attention syntax: `(a)` multiplies by 1.1, `[a]` divides by it, `(a:1.3)` multiplies by 1.3, a backslash
 * takes the next bracket literally, BREAK starts a new chunk. Weights are multiplied in the original's order, from the
 * innermost bracket outwards, so that they are the same doubles. Where the original stops at a weight that is no number
 * (1.1.1), the bracket is plain text here and a note says so.
 *
 * @returns at least one segment; neighbours of equal weight are one
 * @source AUTOMATIC1111 stable-diffusion-webui 1.10, `parse_prompt_attention`
 */
export function parseAttention(prompt: MappedText): Attention {
  const reader = new AttentionReader(prompt)
  for (const { 0: piece, 1: weight, index } of prompt.text.matchAll(pieces())) reader.read(piece, weight, index)
  return reader.finish()
}

const pieces = (): RegExp =>
  new RegExp(String.raw`\\[()[\]\\]|\\|\(|\[|:${space}*([+-]?[.\p{Nd}]+)${space}*\)|\)|\]|[^\\()[\]:]+|:`, 'gu')

/** What a comma or another slip makes of a weight, at the end of a bracket's text. */
const brokenWeight = /:\p{White_Space}*([+-]?[\p{Nd}.,][\p{Nd}.,e%+-]*)\p{White_Space}*$/u

/** Letters in front of a closing bracket among which a broken weight is looked for. */
const longestWeight = 32

interface Entry {
  readonly text: MappedText
  weight: number
}

interface OpenBracket {
  /** Index of the first entry inside. */
  readonly position: number
  /** Unit of the prompt at which it stands. */
  readonly at: number
}

const roundFactor = 1.1
const squareFactor = 1 / 1.1

/** Entries so far and the brackets that are open, while a prompt is read from left to right. */
class AttentionReader {
  readonly #prompt: MappedText
  readonly #entries: Entry[] = []
  readonly #notes: PromptNote[] = []
  readonly #round: OpenBracket[] = []
  #square: OpenBracket[] = []

  constructor(prompt: MappedText) {
    this.#prompt = prompt
  }

  /** @param weight the number in a piece of the form `:1.5)` */
  read(piece: string, weight: string | undefined, at: number): void {
    const end = at + piece.length
    const position = this.#entries.length
    if (piece.startsWith('\\')) this.#append(at + 1, end)
    else if (piece === '(') this.#round.push({ position, at })
    else if (piece === '[') this.#square.push({ position, at })
    else if (piece.endsWith(')') && this.#round.length > 0) this.#closeRound(weight, at, end)
    else if (piece === ']' && this.#square.length > 0) this.#multiplyFrom(this.#square.pop(), squareFactor)
    else this.#appendWords(at, end)
  }

  finish(): Attention {
    for (const bracket of this.#round) this.#multiplyFrom(bracket, roundFactor)
    for (const bracket of this.#square) this.#multiplyFrom(bracket, squareFactor)
    for (const { at } of [...this.#round, ...this.#square]) this.#note('unclosed-bracket', at, at + 1)
    return { segments: mergeEqual(this.#entries), notes: this.#notes }
  }

  #append(from: number, to: number): void {
    this.#entries.push({ text: sliceMapped(this.#prompt, from, to), weight: 1 })
  }

  /** Plain text, in which BREAK may stand with white space around it. */
  #appendWords(from: number, to: number): void {
    const text = this.#prompt.text.slice(from, to)
    let last = 0
    for (const { index } of text.matchAll(wholeWord('BREAK'))) {
      const [before, after] = trimAround(text, index, index + 'BREAK'.length)
      this.#append(from + last, from + Math.max(before, last))
      this.#entries.push({ text: sliceMapped(this.#prompt, from + index, from + index + 'BREAK'.length), weight: -1 })
      if (this.#round.length + this.#square.length > 0) this.#note('break-in-brackets', from + index, from + index + 5)
      last = after
    }
    this.#append(from + last, to)
    if (text.endsWith(')') || text === ']') this.#note('unopened-bracket', to - 1, to)
  }

  #closeRound(written: string | undefined, at: number, end: number): void {
    const bracket = this.#round.pop()
    const weight = written === undefined ? roundFactor : readNumber(written)
    if (bracket === undefined) return
    if (weight === undefined) return this.#takeLiterally(bracket, at, end)
    if (written === undefined) {
      const from = Math.max(bracket.at + 1, at - longestWeight)
      const broken = brokenWeight.exec(this.#prompt.text.slice(from, at))
      if (broken !== null) this.#note('unreadable-weight', from + broken.index + 1, at)
    }
    this.#multiplyFrom(bracket, weight)
  }

  /** Puts an opening bracket back as text, since what closes it cannot be read. */
  #takeLiterally(bracket: OpenBracket, at: number, end: number): void {
    const text = sliceMapped(this.#prompt, bracket.at, bracket.at + 1)
    this.#entries.splice(bracket.position, 0, { text, weight: 1 })
    const shift = (open: OpenBracket): OpenBracket =>
      open.at > bracket.at ? { ...open, position: open.position + 1 } : open
    this.#square = this.#square.map(shift)
    this.#append(at, end)
    this.#note('unreadable-weight', at + 1, end - 1)
  }

  #multiplyFrom(bracket: OpenBracket | undefined, factor: number): void {
    if (bracket === undefined) return
    for (const entry of this.#entries.slice(bracket.position)) entry.weight *= factor
  }

  #note(kind: PromptNoteKind, from: number, to: number): void {
    this.#notes.push({ kind, text: this.#prompt.text.slice(from, to), ...spanOf(this.#prompt, from, to) })
  }
}

/** The span of a word and of the white space on both of its sides. */
function trimAround(text: string, from: number, to: number): readonly [number, number] {
  const isSpace = new RegExp(`^${space}$`, 'u')
  let before = from
  let after = to
  while (isSpace.test(text[before - 1] ?? '')) before--
  while (isSpace.test(text[after] ?? '')) after++
  return [before, after]
}

function mergeEqual(entries: readonly Entry[]): readonly WeightedText[] {
  const groups: { readonly weight: number; readonly parts: MappedText[] }[] = []
  for (const { text, weight } of entries) {
    const last = groups.at(-1)
    if (last?.weight === weight) last.parts.push(text)
    else groups.push({ weight, parts: [text] })
  }
  if (groups.length === 0) groups.push({ weight: 1, parts: [] })
  return groups.map(({ weight, parts }) => ({ ...joinMapped(parts), weight }))
}
