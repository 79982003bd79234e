import { constant, mul, add, reshape } from '../ops.ts'
import { makeValue } from '../make-value.ts'
import type { Lowering } from './lower.ts'

/**
 * No device but CUDA has a GroupNorm kernel: InstanceNormalization over [B, groups, rest] gives the same statistics,
 * the per-channel scale and shift follow.
 */
export const groupNormOverGroups: Lowering<'groupNorm'> = (value, [x, scale, shift]) => {
  if (x === undefined || scale === undefined || shift === undefined) return value
  const { groups, epsilon } = value.attributes
  const [batch = 1, channels = 1] = x.shape
  const ones = constant({ shape: [groups], data: new Float32Array(groups).fill(1) })
  const zeros = constant({ shape: [groups], data: new Float32Array(groups) })
  const grouped = makeValue('instanceNorm', [reshape(x, [batch, groups, -1]), ones, zeros], { epsilon })
  const perChannel = [1, channels, 1, 1]
  return add(mul(reshape(grouped, x.shape), reshape(scale, perChannel)), reshape(shift, perChannel))
}
