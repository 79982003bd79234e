import type { Transform } from '../../graph/graph.ts'
import { add, input, mul } from '../../graph/ops.ts'
import { rewrite, withOperands } from '../../graph/rewrite.ts'
import { isOp, type Value } from '../../graph/value.ts'

/** Input [B, N, 1] of a text graph: 1 where a token keeps its own vector, 0 where another takes its place. */
export const keptTokensInput = 'kept_tokens'
/** Input [B, N, C]: the vectors that take the place of tokens, 0 elsewhere. */
export const tokenVectorsInput = 'token_vectors'

/**
 * Lets vectors from outside take the place of token embeddings, before positions are added: textual inversions.
 *
 * @source Gal et al. 2022, arXiv:2208.01618, section 4
 */
export const replaceTokens: Transform = (graph) =>
  rewrite(graph, (value, operands) => {
    if (!isTokenEmbedding(value)) return undefined
    const [batch = 1, tokens = 1, width = 1] = value.shape
    const kept = input(keptTokensInput, [batch, tokens, 1])
    const vectors = input(tokenVectorsInput, [batch, tokens, width])
    return add(mul(withOperands(value, operands), kept), vectors)
  })

const isTokenEmbedding = (value: Value): boolean => {
  let table = isOp(value, 'gather') ? value.inputs[0] : undefined
  while (table !== undefined && isOp(table, 'cast')) table = table.inputs[0]
  return (
    table !== undefined && isOp(table, 'initializer') && table.attributes.view.key.endsWith('token_embedding.weight')
  )
}
