import { expect, it } from 'vitest'
import { makeGraph } from '../../../engine/graph/graph.ts'
import { attention, constant, input } from '../../../engine/graph/ops.ts'
import {
  redistributeAttention,
  sharedTokensInput,
  sharesInput,
} from '../../../engine/networks/redistribute-attention.ts'
import { ndArray } from '../../../engine/tensor/nd-array.ts'
import { runOnce } from '../graph/small-graphs.ts'

it('gives what a position attends to all regions to those it lies in, and sums to 1 again', async () => {
  const identity = constant(ndArray([1, 3, 3], Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)))
  const query = input('query', [1, 2, 3])
  const graph = makeGraph('g', { out: attention(query, identity, identity, { heads: 1, label: 'a.attn2', scale: 1 }) })
  // Values are the identity: the output is the probabilities themselves.
  const { out } = await runOnce(redistributeAttention({ layers: ['a.attn2'] })(graph), {
    query: ndArray([1, 2, 3], Float32Array.from([0.5, 0.2, 0.3, 0.5, 0.1, 0.4], Math.log)),
    [sharedTokensInput]: ndArray([3], Float32Array.of(0, 1, 1)),
    // The first position lies in the region of token 1, half of the second in that of token 2.
    [sharesInput(2)]: ndArray([2, 3], Float32Array.of(0, 1, 0, 0, 0, 0.5)),
  })
  const expected = [0.5, 0.5, 0, 0.5 / 0.75, 0, 0.25 / 0.75]
  for (const [i, value] of expected.entries()) expect(out?.data[i]).toBeCloseTo(value, 6)
})
