import * as ops from '../../../graph/ops.ts'
import { row, type SelfTestRow } from './row.ts'

/** In the size of one block of SD 1.5 at 512 px: convolution, norm, attention and feed-forward on half-sized maps. */
const block = row('block of SD 1.5, 32 x 32', ({ given, weight }) => {
  const [channels, side] = [320, 32]
  const x = given([1, channels, side, side])
  const normed = ops.silu(ops.groupNorm(x, weight([channels]), weight([channels]), 32, 1e-5))
  const convolved = ops.add(x, ops.conv(normed, weight([channels, channels, 3, 3]), weight([channels]), { pads: 1 }))
  const rows = ops.reshape(ops.transpose(convolved, [0, 2, 3, 1]), [1, side * side, channels])
  const even = ops.layerNorm(rows, weight([channels]), weight([channels]), 1e-5)
  const project = (): ReturnType<typeof ops.linear> => ops.linear(even, weight([channels, channels]))
  const attended = ops.attention(project(), project(), project(), { heads: 8, label: 'attention' })
  const hidden = ops.gelu(ops.linear(ops.add(rows, attended), weight([4 * channels, channels]), weight([4 * channels])))
  return ops.linear(hidden, weight([channels, 4 * channels]), weight([channels]))
})

/** Timed on the device and on the CPU. */
export const speedRow: SelfTestRow = { ...block, isTimed: true }
