import { EngineError } from '../contract/failures.ts'
import type { Transform } from '../graph/graph.ts'
import { add, input, mul, reduceMax, reshape, stopGradient } from '../graph/ops.ts'
import { rewrite } from '../graph/rewrite.ts'
import { isOp, type Value } from '../graph/value.ts'
import { splitAttention } from './split-attention.ts'

/** The scalar input that scales every bias. */
export const biasWeightInput = 'bias_weight'
/** The input with the bias of the layers that have `positions` queries. */
export const biasInput = (positions: number): string => `bias.${positions}`

/**
 * Paint-with-words: the scores of the given layers become (Q Kᵀ + w′ A)/√d, w′ = `bias_weight` · max(Q Kᵀ), the maximum
 * over heads, positions and tokens of that layer and sample, without gradient.
 *
 * New inputs: `bias_weight` [], the method's w · ln(1 + sigma); for every number N of positions `bias.<N>` [B, N, M],
 * A = coverage of each position by the region of each token, times the region's strength; regions add.
 *
 * @param layers  keys of layers that look at the prompt, as `attentionLayers` lists them
 * @throws EngineError 'unknown-name' for a layer that the graph does not have, or that is split already
 * @source Balaji et al. 2022, arXiv:2211.01324, section 4.3 and appendix C
 */
export const biasAttention =
  ({ layers }: { readonly layers: readonly string[] }): Transform =>
  (graph) => {
    const waiting = new Set(layers)
    const weight = input(biasWeightInput, [])
    const biases = new Map<number, Value>()
    const biasFor = ([batch = 1, , positions = 1, tokens = 1]: readonly number[]): Value => {
      const bias = biases.get(positions) ?? input(biasInput(positions), [batch, positions, tokens])
      biases.set(positions, bias)
      return reshape(bias, [batch, 1, positions, tokens])
    }
    const biased = rewrite(graph, (value, operands) => {
      if (!isOp(value, 'attention') || !waiting.delete(value.label ?? '')) return undefined
      return splitAttention(value, operands, {
        logits: (logits) => {
          const peak = stopGradient(reduceMax(logits, [1, 2, 3])) // of Q Kᵀ/√d, so that w′ A is over √d already
          return add(logits, mul(mul(peak, weight), biasFor(logits.shape)))
        },
      })
    })
    const [missing] = waiting
    if (missing === undefined) return biased
    throw new EngineError('unknown-name', {
      where: `attention layers of ${graph.name}`,
      found: `"${missing}"`,
      expected: 'a key that attentionLayers lists, not tapped before',
    })
  }
