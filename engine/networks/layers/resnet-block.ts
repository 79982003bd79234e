import { add, conv, groupNorm, linear, reshape, silu } from '../../graph/ops.ts'
import type { Params } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'

export interface NormOptions {
  /** Groups of GroupNorm. */
  readonly groups: number
  readonly epsilon: number
}

/** GroupNorm with the scale and shift found at `p`. */
export const normGroups = (p: Params, x: Value, { groups, epsilon }: NormOptions): Value => {
  const channels = x.shape[1] ?? 0
  return groupNorm(x, p.weight([channels]), p.bias([channels]), groups, epsilon)
}

/** 3x3 convolution that keeps the size. */
export const convSame = (p: Params, x: Value, out: number): Value =>
  conv(x, p.weight([out, x.shape[1] ?? 0, 3, 3]), p.bias([out]), { pads: 1 })

/**
 * GroupNorm → SiLU → Conv, plus the time embedding, GroupNorm → SiLU → Conv, plus the input (through a 1x1
 * convolution where the channels change): [B, in, H, W] → [B, out, H, W].
 *
 * @param time  SiLU of the time embedding, [B, E]; undefined in the autoencoder
 */
export const resnetBlock = (p: Params, x: Value, out: number, norm: NormOptions, time?: Value): Value => {
  const into = x.shape[1] ?? 0
  let hidden = convSame(p.at('conv1'), silu(normGroups(p.at('norm1'), x, norm)), out)
  if (time !== undefined) {
    const projection = p.at('time_emb_proj')
    const shift = linear(time, projection.weight([out, time.shape[1] ?? 0]), projection.bias([out]))
    hidden = add(hidden, reshape(shift, [-1, out, 1, 1])) // [B, out] → [B, out, 1, 1]
  }
  hidden = convSame(p.at('conv2'), silu(normGroups(p.at('norm2'), hidden, norm)), out)
  const shortcut = p.at('conv_shortcut')
  return add(into === out ? x : conv(x, shortcut.weight([out, into, 1, 1]), shortcut.bias([out])), hidden)
}
