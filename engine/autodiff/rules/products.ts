import { linear, matmul, reduceSum, reshape, transpose } from '../../graph/ops.ts'
import type { Value } from '../../graph/value.ts'
import type { Rules } from '../rule.ts'

export const productRules: Rules<'linear' | 'matmul'> = {
  linear: (g, { x, weight }, { attributes: { transposed } }) => ({
    // The same weight read the other way round, so that no copy of it is made.
    x: () => linear(g, weight, undefined, { transposed: !transposed }),
    weight: () => (transposed ? outerSum(x, g) : outerSum(g, x)),
    bias: () => reshape(reduceSum(toRows(g), [0]), [-1]),
  }),
  matmul: (g, { a, b }) => ({
    a: () => matmul(g, swapLastAxes(b)),
    b: () => matmul(swapLastAxes(a), g),
  }),
}

/** Σ over rows of aᵀ b: [..., n], [..., m] → [n, m]; the narrower of the two is the one that is transposed. */
const outerSum = (a: Value, b: Value): Value => {
  const [left, right] = [toRows(a), toRows(b)]
  const [n = 1, m = 1] = [left.shape[1], right.shape[1]]
  return n <= m ? matmul(transpose(left, [1, 0]), right) : transpose(matmul(transpose(right, [1, 0]), left), [1, 0])
}

/** [..., n] → [rows, n]. */
const toRows = (x: Value): Value => reshape(x, [-1, x.shape.at(-1) ?? 1])

const swapLastAxes = (x: Value): Value => {
  const rank = x.shape.length
  return transpose(x, [...Array(rank - 2).keys(), rank - 1, rank - 2])
}
