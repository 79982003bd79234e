import { joinHeads, splitHeads } from '../graph/lower/attention.ts'
import { makeValue } from '../graph/make-value.ts'
import { add, matmul, mul, scalar, transpose } from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'

/** What becomes of a layer's scaled scores or probabilities, both [B, heads, N, M]. */
interface AttentionChanges {
  readonly logits?: (logits: Value) => Value
  readonly probabilities?: (probabilities: Value) => Value
}

/** The name of a layer's scaled scores, before any bias, [B, heads, N, M]. */
export const logitsOf = (key: string): string => `${key}.logits`
/** The name of a layer's probabilities as the softmax gives them, [B, heads, N, M]. */
export const probabilitiesOf = (key: string): string => `${key}.probs`

/**
 * An attention written as scores, softmax and product, so that they can be read and changed: the values are labelled
 * by `logitsOf` and `probabilitiesOf`.
 *
 * @param operands  query, key, value and perhaps a bias, in the graph that is being made
 */
export const splitAttention = (
  value: Value<'attention'>,
  operands: readonly Value[],
  change: AttentionChanges = {},
): Value => {
  const [query, key, states, bias] = operands
  if (query === undefined || key === undefined || states === undefined) return value
  const { heads } = value.attributes
  const layer = value.label ?? 'attention'
  const logits = scaledScores(query, key, value.attributes, logitsOf(layer))
  const changed = change.logits?.(logits) ?? logits
  const scores = bias === undefined ? changed : add(changed, bias)
  const probabilities = makeValue('softmax', [scores], { axis: 3 }, probabilitiesOf(layer))
  const used = change.probabilities?.(probabilities) ?? probabilities
  return joinHeads(matmul(used, splitHeads(states, heads)))
}

/** scale · Q Kᵀ per head, the queries scaled first as they are fewer: [B, N, C], [B, M, C] → [B, heads, N, M]. */
export const scaledScores = (
  query: Value,
  key: Value,
  { heads, scale }: Value<'attention'>['attributes'],
  label?: string,
): Value => {
  const scaled = splitHeads(mul(query, scalar(scale)), heads)
  return makeValue('matmul', [scaled, transpose(splitHeads(key, heads), [0, 1, 3, 2])], {}, label)
}
