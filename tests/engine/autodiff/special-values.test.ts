import { expect, it } from 'vitest'
import { differentiate } from '../../../engine/autodiff/differentiate.ts'
import { makeGraph } from '../../../engine/graph/graph.ts'
import { attention, clip, gelu, groupNorm, input, layerNorm, quickGelu, reduceMax, reduceSum, relu, reshape, scalar, sigmoid, silu, slice, softmax, tanh, constant } from '../../../engine/graph/ops.ts' // prettier-ignore
import type { Value } from '../../../engine/graph/value.ts'
import { runOnce } from '../graph/small-graphs.ts'

interface SpecialCase {
  readonly what: string
  readonly build: (x: Value) => Value
  readonly at: readonly number[]
  /** Of the sum of the results, with respect to each number. */
  readonly gradient: readonly number[]
}

const vector = (value: number, length: number): Value =>
  constant({ shape: [length], data: new Float32Array(length).fill(value) })
const firstOf = (x: Value): Value => slice(x, 1, 0, 1)

/** Where rules divide by zero, overflow or meet a kink. */
const cases: readonly SpecialCase[] = [
  { what: 'SiLU far out', build: silu, at: [-1000, -100, 0, 100, 1e30], gradient: [0, 0, 0.5, 1, 1] },
  { what: 'quick GELU far out', build: quickGelu, at: [-1000, -100, 0, 100], gradient: [0, 0, 0.5, 1] },
  { what: 'GELU far out', build: gelu, at: [-1e20, -100, 0, 100, 1e20], gradient: [0, 0, 0.5, 1, 1] },
  { what: 'sigmoid far out', build: sigmoid, at: [-1000, 0, 1000], gradient: [0, 0.25, 0] },
  { what: 'tanh far out', build: tanh, at: [-1000, 0, 1000], gradient: [0, 1, 0] },
  { what: 'ReLU at its kink', build: relu, at: [-1, 0, 1], gradient: [0, 0, 1] },
  { what: 'limits, at and beyond them', build: (x) => clip(x, -1, 2), at: [-2, -1, 0, 2, 3], gradient: [0, 1, 1, 1, 0] },
  { what: 'equal maxima', build: (x) => reduceMax(x, [1]), at: [3, 1, 3, 2], gradient: [0.5, 0, 0.5, 0] },
  { what: 'a maximum of minus infinity', build: (x) => reduceMax(x, [1]), at: [-Infinity, 1], gradient: [0, 1] },
  { what: 'softmax of large scores', build: (x) => firstOf(softmax(x, 1)), at: [1e4, -1e4], gradient: [0, 0] },
  { what: 'softmax with a masked score', build: (x) => firstOf(softmax(x, 1)), at: [0, 0, -3.4e38], gradient: [0.25, -0.25, 0] },
  { what: 'LayerNorm of equal numbers', build: (x) => firstOf(layerNorm(x, vector(1, 2), vector(0, 2), 1)), at: [7, 7], gradient: [0.5, -0.5] },
  { what: 'LayerNorm of large numbers', build: (x) => layerNorm(x, vector(1, 3), vector(0, 3), 1e-5), at: [1e6, 1e6 + 1, 1e6 - 1], gradient: [0, 0, 0] },
  { what: 'GroupNorm of one number', build: (x) => groupNorm(reshape(x, [1, 1, 1, 1]), vector(1, 1), vector(0, 1), 1, 1e-5), at: [5], gradient: [0] },
  { what: 'attention to one key', build: (x) => attendToOne(x), at: [1000, -1000], gradient: [0, 0] },
] // prettier-ignore

/** Two queries of width 1, one key: whatever the query, the result is the value. */
const attendToOne = (x: Value): Value => {
  const one = reshape(scalar(3), [1, 1, 1])
  return attention(reshape(x, [1, 2, 1]), one, one, { heads: 1, label: 'layer' })
}

it.each(cases)('has the gradient of $what', async ({ build, at, gradient }) => {
  const y = build(input('x', [1, at.length]))
  const loss = reshape(reduceSum(y, [...y.shape.keys()]), [])
  const graph = differentiate({ loss: 'loss', withRespectTo: ['x'] })(makeGraph('special', { loss }))
  const { 'grad.x': found } = await runOnce(graph, { x: { shape: [1, at.length], data: Float32Array.from(at) } })
  expect(found?.data).toHaveLength(gradient.length)
  // The precision of float32 numbers of about 1.
  for (const [i, slope] of gradient.entries()) expect(found?.data[i]).toBeCloseTo(slope, 6)
})
