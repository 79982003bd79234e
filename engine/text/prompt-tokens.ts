import type { ClipTokenizer } from './clip-tokenizer.ts'
import { spanOf } from './mapped-text.ts'
import { isBreak, type WeightedText } from './prompt-attention.ts'

/** One vector of the text encoder's input that comes from the prompt. */
export interface PromptToken {
  /** 0 where a textual inversion puts its own vector. */
  readonly id: number
  readonly weight: number
  /** Span in the prompt as it was typed. */
  readonly start: number
  readonly end: number
  /** Whether the word goes on in the next token. */
  readonly continues: boolean
  /** The vector of a textual inversion that takes this place, counted from 0. */
  readonly embedding?: { readonly name: string; readonly vector: number }
}

/** Textual inversions by name with the number of their vectors. */
export type Embeddings = ReadonlyMap<string, number>

/** Tokens of a stretch of the prompt between two BREAKs. */
export type TokenRun = readonly (readonly PromptToken[])[]

/**
 * Tokens of each part of a prompt between BREAKs, in groups that belong together: one token, or all vectors of a textual
 * inversion. The segments are tokenized one by one, as A1111 does, so a change of weight ends a word. The name of a
 * textual inversion counts wherever its tokens stand, the longest name first.
 */
export function promptTokens(
  tokenizer: Pick<ClipTokenizer, 'encode'>,
  segments: readonly WeightedText[],
  embeddings: Embeddings = new Map(),
): readonly TokenRun[] {
  const names = embeddingsByFirstId(tokenizer, embeddings)
  const runs: (readonly PromptToken[])[][] = [[]]
  for (const segment of segments)
    if (isBreak(segment)) runs.push([])
    else runs.at(-1)?.push(...groupTokens(segmentTokens(tokenizer, segment), names))
  return runs
}

function segmentTokens(tokenizer: Pick<ClipTokenizer, 'encode'>, segment: WeightedText): readonly PromptToken[] {
  return tokenizer
    .encode(segment.text)
    .map(({ start, end, ...token }) => ({ ...token, ...spanOf(segment, start, end), weight: segment.weight }))
}

interface NamedEmbedding {
  readonly name: string
  readonly vectors: number
  readonly ids: readonly number[]
}

function embeddingsByFirstId(
  { encode }: Pick<ClipTokenizer, 'encode'>,
  embeddings: Embeddings,
): ReadonlyMap<number, readonly NamedEmbedding[]> {
  const named = Array.from(embeddings, ([name, vectors]) => ({ name, vectors, ids: encode(name).map(({ id }) => id) }))
  const longestFirst = named.toSorted((a, b) => b.ids.length - a.ids.length)
  return Map.groupBy(longestFirst, ({ ids }) => ids[0] ?? -1)
}

function groupTokens(
  tokens: readonly PromptToken[],
  names: ReadonlyMap<number, readonly NamedEmbedding[]>,
): readonly (readonly PromptToken[])[] {
  const groups: (readonly PromptToken[])[] = []
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at]
    if (token === undefined) break
    const found = names.get(token.id)?.find(({ ids }) => ids.every((id, i) => tokens[at + i]?.id === id))
    groups.push(found === undefined ? [token] : embeddingTokens(found, tokens.slice(at, at + found.ids.length)))
    at += found?.ids.length ?? 1
  }
  return groups
}

const embeddingTokens = ({ name, vectors }: NamedEmbedding, named: readonly PromptToken[]): readonly PromptToken[] =>
  Array.from({ length: vectors }, (_, vector) => ({
    id: 0,
    weight: named[0]?.weight ?? 1,
    start: named[0]?.start ?? 0,
    end: named.at(-1)?.end ?? 0,
    continues: false,
    embedding: { name, vector },
  }))
