import { EngineError } from '../contract/failures.ts'
import { spanOf, type MappedText } from './mapped-text.ts'
import { normalizeText } from './normalize-text.ts'
import { isBreak, type WeightedText } from './prompt-attention.ts'

/** A word that a model never saw in its captions. */
export interface UnknownWord {
  /** In lower case. */
  readonly word: string
  /** Span in the prompt as it was typed. */
  readonly start: number
  readonly end: number
}

/**
 * Reads the `words.json` beside a model: every word of its training captions.
 *
 * @throws EngineError 'file-malformed' when it is not `{ "words": ["a", ...] }`
 */
export function readKnownWords(json: string): ReadonlySet<string> {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch (cause) {
    throw malformed('text that is not JSON', { cause })
  }
  const words = typeof parsed === 'object' && parsed !== null && 'words' in parsed ? parsed.words : undefined
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string'))
    throw malformed('no list of words under "words"')
  return new Set(words.map((word) => normalizeText(word).text))
}

const malformed = (found: string, options?: ErrorOptions): EngineError =>
  new EngineError(
    'file-malformed',
    {
      where: 'words.json',
      found,
      expected: 'an object with a list "words"',
      remedy: 'Copy the file of the model again, or delete it: models without it just get no such remarks.',
    },
    options,
  )

/**
 * The words of a prompt that are not in a model's list, in order and each time they occur. Words are runs of letters or
 * digits; hyphens and apostrophes part them, but "don't" is also looked up as one.
 *
 * @param known      words in lower case
 * @param embeddings names of textual inversions, which are no words
 */
export function findUnknownWords(
  segments: readonly WeightedText[],
  known: ReadonlySet<string>,
  embeddings: Iterable<string> = [],
): readonly UnknownWord[] {
  const accepted = new Set(Array.from(embeddings, (name) => normalizeText(name).text))
  const isKnown = (word: string): boolean => known.has(word) || accepted.has(word)
  return segments.filter((segment) => !isBreak(segment)).flatMap((segment) => unknownIn(segment, isKnown))
}

const compound = /[\p{L}\p{M}\p{N}_]+(?:['’.-][\p{L}\p{M}\p{N}_]+)*/gu
const simple = /[\p{L}\p{M}\p{N}]+/gu

function unknownIn(segment: MappedText, isKnown: (word: string) => boolean): readonly UnknownWord[] {
  const found: UnknownWord[] = []
  const text = normalizeText(segment.text)
  for (const { 0: whole, index: at } of text.text.matchAll(compound)) {
    if (isKnown(whole)) continue
    for (const { 0: word, index } of whole.matchAll(simple)) {
      if (isKnown(word)) continue
      const { start, end } = spanOf(text, at + index, at + index + word.length)
      found.push({ word, ...spanOf(segment, start, end) })
    }
  }
  return found
}
