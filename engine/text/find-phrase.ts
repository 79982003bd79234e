import type { ChunkedPrompt } from './chunk-prompt.ts'
import type { ClipTokenizer } from './clip-tokenizer.ts'
import { mapText } from './mapped-text.ts'
import { parseAttention } from './prompt-attention.ts'
import { promptTokens, type PromptToken } from './prompt-tokens.ts'

/** The places of one occurrence of a phrase. */
export interface PhraseOccurrence {
  /** Rows of the concatenated conditioning, start and end tokens of all chunks counted; ascending. */
  readonly positions: readonly number[]
  /** Span in the prompt as it was typed. */
  readonly start: number
  readonly end: number
}

/**
 * Finds a phrase in a prompt by its tokens: contiguous, without regard to case, from the start of a word on, so that
 * "cat" is found neither in "catfish" nor in "bobcat". Brackets and weights in either do not matter. A phrase may go on
 * in the next chunk.
 *
 * @returns every occurrence in order, without overlap; empty where the phrase does not occur or has no tokens
 */
export function findPhrase(
  tokenizer: Pick<ClipTokenizer, 'encode'>,
  { chunks, length }: Pick<ChunkedPrompt, 'chunks' | 'length'>,
  phrase: string,
): readonly PhraseOccurrence[] {
  const placed = chunks.flatMap(({ tokens }, chunk) =>
    tokens.flatMap((token, position) => (token === undefined ? [] : [{ token, row: chunk * length + position }])),
  )
  const tokens = placed.map(({ token }) => token)
  return matchPhrase(tokenizer, tokens, phrase).map(([from, to]) => {
    const found = placed.slice(from, to)
    return {
      positions: found.map(({ row }) => row),
      start: Math.min(...found.map(({ token }) => token.start)),
      end: Math.max(...found.map(({ token }) => token.end)),
    }
  })
}

/** Where the tokens of a phrase stand among others: from (inclusive) and to (exclusive), in order, without overlap. */
export function matchPhrase(
  tokenizer: Pick<ClipTokenizer, 'encode'>,
  tokens: readonly PromptToken[],
  phrase: string,
): readonly (readonly [number, number])[] {
  const wanted = promptTokens(tokenizer, parseAttention(mapText(phrase)).segments).flat(2)
  const matches: (readonly [number, number])[] = []
  if (wanted.length === 0) return matches
  for (let from = 0; from + wanted.length <= tokens.length; from++) {
    const isInWord = tokens[from - 1]?.continues === true
    if (isInWord || !wanted.every(({ id }, i) => isToken(tokens[from + i], id))) continue
    matches.push([from, from + wanted.length])
    from += wanted.length - 1
  }
  return matches
}

/** The place of a textual inversion is no token of the text. */
const isToken = (token: PromptToken | undefined, id: number): boolean =>
  token?.id === id && token.embedding === undefined
