import type { Transform } from '../graph/graph.ts'
import { add, div, input, mul, reduceSum, reshape, scalar, sub } from '../graph/ops.ts'
import { rewrite } from '../graph/rewrite.ts'
import { isOp, type Value } from '../graph/value.ts'
import { splitAttention } from './split-attention.ts'

/** The input that says which tokens regions share out, [M], 1 or 0. */
export const sharedTokensInput = 'shared_tokens'
/** The input that says which share of them goes where, [N, M]. */
export const sharesInput = (positions: number): string => `shares.${positions}`

/**
 * Redistributes attention in composite scenes: what a position gives to the words of all regions together goes to the words
 * of the regions that it lies in, and each row is brought back to sum 1. Not made for gradients.
 *
 * P′ = P (1 − L) + (Σ_j P_j L_j) S, then P′ / Σ P′; L = `shared_tokens`, S = `shares.<N>`: coverage by a word's region over
 * the number of its words.
 *
 * @param layers  keys of layers that look at the prompt, not split before
 * @source arXiv:2407.13609, official code: P[:, i] = Σ_{j of the layout} P[:, j] · b_i, rows renormalised
 */
export const redistributeAttention =
  ({ layers }: { readonly layers: readonly string[] }): Transform =>
  (graph) => {
    const wanted = new Set(layers)
    const inputs = new Map<string, Value>()
    const once = (name: string, shape: readonly number[]): Value => {
      const known = inputs.get(name) ?? input(name, shape)
      inputs.set(name, known)
      return known
    }
    const share = (probabilities: Value): Value => {
      const [, , positions = 1, tokens = 1] = probabilities.shape
      const shared = reshape(once(sharedTokensInput, [tokens]), [1, 1, 1, tokens])
      const shares = reshape(once(sharesInput(positions), [positions, tokens]), [1, 1, positions, tokens])
      const kept = mul(probabilities, sub(scalar(1), shared))
      const given = reduceSum(mul(probabilities, shared), [3])
      const changed = add(kept, mul(given, shares))
      return div(changed, reduceSum(changed, [3]))
    }
    return rewrite(graph, (value, operands) =>
      isOp(value, 'attention') && wanted.has(value.label ?? '')
        ? splitAttention(value, operands, { probabilities: share })
        : undefined,
    )
  }
