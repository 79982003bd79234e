import { reshape, transpose } from '../../graph/ops.ts'
import type { Value } from '../../graph/value.ts'

/** [B, C, H, W] → [B, H·W, C]. */
export const toPositions = (x: Value): Value => {
  const [batch = 1, channels = 1] = x.shape
  return transpose(reshape(x, [batch, channels, -1]), [0, 2, 1])
}

/** [B, H·W, C] → [B, C, H, W]. */
export const toPicture = (x: Value, height: number, width: number): Value => {
  const [batch = 1, , channels = 1] = x.shape
  return reshape(transpose(x, [0, 2, 1]), [batch, channels, height, width])
}
