import { makeValue } from '../make-value.ts'
import { add, matmul, mul, reshape, scalar, softmax, transpose } from '../ops.ts'
import type { Value } from '../value.ts'
import type { Lowering } from './lowering.ts'

/** The contrib kernel MultiHeadAttention, which never stores the probabilities. */
export const attentionAsKernel: Lowering<'attention'> = (value, operands) =>
  makeValue('multiHeadAttention', operands, value.attributes, value.label)

/** Scores, softmax and product one by one, for devices whose fused kernel is missing or wrong. */
export const attentionAsPrimitives: Lowering<'attention'> = (value, [query, key, val, bias]) => {
  if (query === undefined || key === undefined || val === undefined) return value
  const { heads, scale } = value.attributes
  const scores = attentionLogits(query, key, heads, scale)
  const probabilities = softmax(bias ? add(scores, bias) : scores, -1)
  return joinHeads(matmul(probabilities, splitHeads(val, heads)))
}

/** scale · Q Kᵀ per head: [B, N, C], [B, M, C] → [B, heads, N, M]. */
export const attentionLogits = (query: Value, key: Value, heads: number, scale: number): Value =>
  mul(matmul(splitHeads(query, heads), transpose(splitHeads(key, heads), [0, 1, 3, 2])), scalar(scale))

/** [B, N, C] → [B, heads, N, C/heads]. */
export const splitHeads = (x: Value, heads: number): Value => {
  const [batch = 1, positions = 1, width = 1] = x.shape
  return transpose(reshape(x, [batch, positions, heads, width / heads]), [0, 2, 1, 3])
}

/** [B, heads, N, C/heads] → [B, N, C]. */
export const joinHeads = (x: Value): Value => {
  const [batch = 1, heads = 1, positions = 1, width = 1] = x.shape
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, positions, heads * width])
}
