import { describe, expect, it } from 'vitest'
import { makeGraph } from '../../../../engine/graph/graph.ts'
import { activationPeak } from '../../../../engine/graph/onnx/activation-peak.ts'
import { add, constant, exp, input, mul, neg, reduceSum, reshape } from '../../../../engine/graph/ops.ts'
import type { Value } from '../../../../engine/graph/value.ts'
import { scattered } from '../small-graphs.ts'

const x = input('x', [10, 10])
/** Bytes of one array of the size of x. */
const one = 400

const cases: readonly [what: string, bytes: number, y: Value][] = [
  ['a chain: each result dies when the next is made', 2 * one, neg(exp(neg(x)))],
  ['a reshape, which is no array of its own', 2 * one, neg(reshape(exp(x), [100]))],
  ['a value that is used again at the end', 3 * one, ((a: Value) => mul(neg(exp(a)), a))(neg(x))],
  ['what is known before any input', 2 * one, add(exp(x), mul(constant(scattered([10, 10])), constant(scattered([10, 10], 1))))], // prettier-ignore
  ['a short way beside a long one: it is walked last', 3 * one, mul(exp(x), neg(exp(neg(exp(neg(x))))))],
  ['a sum, a tenth as large', one + 40, reduceSum(exp(x), [0])],
]

describe('activationPeak', () => {
  it.each(cases)('counts %s', (_, bytes, y) => {
    expect(activationPeak(makeGraph('g', { y }))).toBe(bytes)
  })

  it('keeps outputs to the end', () => {
    const first = exp(x)
    expect(activationPeak(makeGraph('g', { first, last: neg(neg(neg(first))) }))).toBe(3 * one)
  })
})
