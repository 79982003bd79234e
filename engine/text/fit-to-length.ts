import type { ClipTokenizer, Token } from './clip-tokenizer.ts'

/** Ids of one text encoder input, and what did not fit. */
export interface FittedTokens {
  /** Start token, content, end token, padding: exactly `length` ids. */
  readonly ids: Int32Array
  /** Tokens beyond `length` - 2, in order; empty when everything fits. */
  readonly dropped: readonly Token[]
}

/**
 * Puts tokens between start and end token, cut and padded to the length a text encoder takes.
 *
 * @param tokens content tokens without start and end
 * @param length ids of the text encoder's input, its `max_position_embeddings`; at least 2
 * @param padId  what fills the rest: the end token for SD 1.x and SDXL's first tower, 0 for SD 2.x and its second
 */
export function fitToLength(
  { startId, endId }: Pick<ClipTokenizer, 'startId' | 'endId'>,
  tokens: readonly Token[],
  { length, padId }: { readonly length: number; readonly padId: number },
): FittedTokens {
  const kept = tokens.slice(0, length - 2)
  const ids = new Int32Array(length).fill(padId)
  ids.set([startId, ...kept.map(({ id }) => id), endId])
  return { ids, dropped: tokens.slice(kept.length) }
}
