import { EngineError } from '../contract/failures.ts'
import { byteAlphabet } from './byte-alphabet.ts'
import { spanOf, type MappedText } from './mapped-text.ts'
import { mergePairs } from './merge-pairs.ts'
import { normalizeText } from './normalize-text.ts'
import { readVocabulary, type Vocabulary, type VocabularyFiles } from './read-vocabulary.ts'

/** One token and the span of the text it was made from, in UTF-16 units, end exclusive. */
export interface Token {
  readonly id: number
  readonly start: number
  readonly end: number
  /** Whether the word goes on in the next token. */
  readonly continues: boolean
}

/** CLIP's byte-pair tokenizer over one vocabulary. */
export interface ClipTokenizer {
  readonly startId: number
  readonly endId: number
  /** One more than the largest id: the rows that a token embedding must have. */
  readonly vocabularySize: number
  /**
   * Tokens of a text, without start and end token, neither cut nor padded. White space belongs to no token; the bytes of
   * one letter may be several tokens, which then share its span.
   *
   * @throws EngineError 'prompt-invalid' when the text is longer than `longestText`
   */
  readonly encode: (text: string) => readonly Token[]
  /** Text of ids, words apart by one space; start and end tokens are left out, broken UTF-8 becomes U+FFFD. */
  readonly decode: (ids: Iterable<number>) => string
}

/** UTF-16 units that `encode` takes: far beyond any prompt, and still encoded within a second whatever they are. */
export const longestText = 32_768

const startToken = '<|startoftext|>'
const endToken = '<|endoftext|>'
/** Where a word ends, in the vocabulary's spelling. */
const wordEnd = '</w>'

/**
 * Builds CLIP's tokenizer. The text is composed (NFC), made lower case and cut at white space (Unicode's, not
 * JavaScript's) into contractions, runs of letters, single numerals and runs of anything else; each piece is then merged
 * from its bytes. The start and end tokens are read as such where the text spells them exactly.
 *
 * @throws EngineError 'file-malformed' when the files are no byte-pair vocabulary or lack the start and end tokens
 * @source Radford et al. 2021, arXiv:2103.00020;  equal to the fast CLIPTokenizer of transformers 5
 */
export function clipTokenizer(files: VocabularyFiles): ClipTokenizer {
  const vocabulary = readVocabulary(files)
  const startId = specialId(vocabulary, startToken)
  const endId = specialId(vocabulary, endToken)
  const encodeWord = wordEncoder(vocabulary, endId)
  const encode = (text: string): readonly Token[] => {
    checkLength(text)
    const tokens: Token[] = []
    let from = 0
    for (const { 0: special, index: start } of text.matchAll(/<\|startoftext\|>|<\|endoftext\|>/g)) {
      tokens.push(...encodePlain(text, from, start, encodeWord))
      from = start + special.length
      tokens.push({ id: special === startToken ? startId : endId, start, end: from, continues: false })
    }
    return tokens.concat(encodePlain(text, from, text.length, encodeWord))
  }
  const decode = decoder(vocabulary, new Set([startId, endId]))
  return { startId, endId, vocabularySize: vocabulary.tokens.length, encode, decode }
}

function specialId({ idOf }: Vocabulary, token: string): number {
  const id = idOf(token)
  if (id !== undefined) return id
  throw new EngineError('file-malformed', {
    where: 'tokenizer vocab.json',
    found: `no ${token}`,
    expected: "CLIP's vocabulary, which has it",
    remedy: 'This file belongs to another kind of text encoder.',
  })
}

function checkLength(text: string): void {
  if (text.length > longestText)
    throw new EngineError('prompt-invalid', {
      where: 'tokenizer',
      found: `a text of ${text.length} letters`,
      expected: `at most ${longestText}`,
      remedy: 'Shorten the prompt.',
    })
}

/** Tokens of the letters `from` (inclusive) to `to` (exclusive) of a normalized text. */
type EncodeWord = (text: MappedText, from: number, to: number) => readonly Token[]

/** Start and end token come first: where lower case made them, they are words of their own. */
const words = /<\|(?:start|end)oftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\p{White_Space}\p{L}\p{N}]+/gu

/** A word is cut once more by GPT-2's pattern, which only matters for these two: `<|`, letters, `|>`. */
const piecesOfWord = (word: string): readonly string[] => /^(<\|)(\p{L}+)(\|>)$/u.exec(word)?.slice(1) ?? [word]

function encodePlain(text: string, from: number, to: number, encodeWord: EncodeWord): readonly Token[] {
  const normalized = normalizeText(text.slice(from, to))
  const tokens: Token[] = []
  for (const { 0: word, index } of normalized.text.matchAll(words)) {
    let unit = index
    for (const piece of piecesOfWord(word)) {
      for (const { start, end, ...token } of encodeWord(normalized, unit, unit + piece.length))
        tokens.push({ ...token, start: start + from, end: end + from })
      unit += piece.length
    }
  }
  return tokens
}

/** @param unknownId what stands for a byte that a (cut) vocabulary lacks, as in the original */
function wordEncoder({ idOf, merges }: Vocabulary, unknownId: number): EncodeWord {
  const alphabet = byteAlphabet()
  const inside = alphabet.map((letter) => idOf(letter) ?? unknownId)
  const last = alphabet.map((letter) => idOf(letter + wordEnd) ?? unknownId)
  const encoder = new TextEncoder()
  return (text, from, to) => {
    const letters = text.text.slice(from, to)
    const bytes = encoder.encode(letters)
    const symbols = Array.from(bytes, (byte, i) => (i + 1 < bytes.length ? inside : last)[byte] ?? unknownId)
    const units = unitsOfBytes(letters)
    return mergePairs(symbols, merges).map(({ id, start, end }) => ({
      id,
      ...spanOf(text, from + (units[start] ?? 0), from + (units[end - 1] ?? 0) + 1),
      continues: end < bytes.length,
    }))
  }
}

/** For each byte of a text in UTF-8: the UTF-16 unit at which its letter starts. */
function unitsOfBytes(text: string): readonly number[] {
  const units: number[] = []
  let unit = 0
  for (const letter of text) {
    const codePoint = letter.codePointAt(0) ?? 0
    const byteLength = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
    for (let n = 0; n < byteLength; n++) units.push(unit)
    unit += letter.length
  }
  return units
}

function decoder({ tokens }: Vocabulary, leftOut: ReadonlySet<number>): ClipTokenizer['decode'] {
  const bytes = new Map(byteAlphabet().map((letter, byte) => [letter, byte]))
  return (ids) => {
    const decoded: number[] = []
    for (const id of ids) {
      const token = leftOut.has(id) ? '' : (tokens[id] ?? '')
      const isLast = token.endsWith(wordEnd)
      for (const letter of isLast ? token.slice(0, -wordEnd.length) : token) decoded.push(bytes.get(letter) ?? 0x3f)
      if (isLast) decoded.push(0x20)
    }
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(decoded)).trimEnd()
  }
}
