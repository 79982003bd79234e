import { cast, div, equal, mul, reduceSum, sub } from '../../graph/ops.ts'
import type { Rules } from '../rule.ts'
import { scalarLike } from '../scalar-like.ts'

export const reductionRules: Rules<'softmax' | 'reduceSum' | 'reduceMean' | 'reduceMax'> = {
  softmax: (g, _, y) => ({ x: () => mul(y, sub(g, reduceSum(mul(g, y), [y.attributes.axis]))) }),
  reduceSum: (g) => ({ x: () => g }),
  reduceMean: (g, { x }, { attributes: { axes } }) => ({
    x: () => mul(g, scalarLike(g, 1 / axes.reduce((count, axis) => count * (x.shape[axis] ?? 1), 1))),
  }),
  // Equal largest elements share the gradient, as PyTorch's amax has it.
  reduceMax: (g, { x }, y) => ({
    x: () => {
      const largest = cast(equal(x, y), x.dtype)
      return mul(largest, div(g, reduceSum(largest, y.attributes.axes)))
    },
  }),
}
