import { sizeOf } from '../../tensor/nd-array.ts'
import { add, div, erf, mul, reduceMean, reshape, scalar, sigmoid, sqrt, sub } from '../ops.ts'
import type { Value } from '../value.ts'
import type { Lowering } from './lowering.ts'

/** (x − mean) / √(variance + epsilon) over the last axis. */
const normalized = (x: Value, epsilon: number): Value => {
  const last = [x.shape.length - 1]
  const centred = sub(x, reduceMean(x, last))
  const variance = reduceMean(mul(centred, centred), last)
  return div(centred, sqrt(add(variance, scalar(epsilon))))
}

/** Each group as one row, its statistics by plain means. */
export const groupNormByMeans: Lowering<'groupNorm'> = (value, [x, scale, shift]) => {
  if (x === undefined || scale === undefined || shift === undefined) return value
  const { groups, epsilon } = value.attributes
  const [batch = 1, channels = 1] = x.shape
  const rows = reshape(x, [batch, groups, sizeOf(x.shape) / (batch * groups)])
  const perChannel = [1, channels, 1, 1]
  const even = reshape(normalized(rows, epsilon), x.shape)
  return add(mul(even, reshape(scale, perChannel)), reshape(shift, perChannel))
}

/** The last axis, its statistics by plain means. */
export const layerNormByMeans: Lowering<'layerNorm'> = (value, [x, scale, shift]) =>
  x === undefined || scale === undefined || shift === undefined
    ? value
    : add(mul(normalized(x, value.attributes.epsilon), scale), shift)

/** x · ½ (1 + erf(x / √2)). */
export const geluByErf: Lowering<'gelu'> = (value, [x]) =>
  x === undefined ? value : mul(x, mul(add(erf(mul(x, scalar(Math.SQRT1_2))), scalar(1)), scalar(0.5)))

/** x · sigmoid(alpha · x), one by one. */
export const activationBySigmoid =
  (alpha: number): Lowering<'silu' | 'quickGelu'> =>
  (value, [x]) =>
    x === undefined ? value : mul(x, sigmoid(alpha === 1 ? x : mul(x, scalar(alpha))))
