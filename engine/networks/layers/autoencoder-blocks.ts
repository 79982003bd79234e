import { add, attention, conv, linear, upsample } from '../../graph/ops.ts'
import type { Params } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'
import { toPicture, toPositions } from './picture-positions.ts'
import { convSame, normGroups, resnetBlock, type NormOptions } from './resnet-block.ts'

export interface MiddleOptions {
  readonly norm: NormOptions
  readonly hasAttention: boolean
}

/** Resnet, self-attention over all positions, resnet. [B, C, H, W] → same. */
export const middleBlock = (p: Params, x: Value, { norm, hasAttention }: MiddleOptions): Value => {
  const channels = x.shape[1] ?? 0
  const first = resnetBlock(p.at('resnets.0'), x, channels, norm)
  const attended = hasAttention ? selfAttention(p.at('attentions.0'), norm, first) : first
  return resnetBlock(p.at('resnets.1'), attended, channels, norm)
}

/** One head over all positions; its matrices are stored as [C, C], in single files as [C, C, 1, 1]. */
const selfAttention = (p: Params, norm: NormOptions, x: Value): Value => {
  const [, channels = 1, height = 1, width = 1] = x.shape
  const positions = toPositions(normGroups(p.at('group_norm'), x, norm))
  const project = (name: string, from: Value): Value => {
    const matrix = p.at(name).weight([channels, channels], { orStoredAs: [channels, channels, 1, 1] })
    return linear(from, matrix, p.at(name).bias([channels]))
  }
  const [query, key, value] = [project('to_q', positions), project('to_k', positions), project('to_v', positions)]
  const mixed = project('to_out.0', attention(query, key, value, { heads: 1, label: p.path }))
  return add(toPicture(mixed, height, width), x)
}

/** Stride 2 with one row and column of zeros at the far edges only. */
export const halve = (p: Params, x: Value): Value => {
  const channels = x.shape[1] ?? 0
  return conv(x, p.weight([channels, channels, 3, 3]), p.bias([channels]), { stride: 2, pads: [0, 0, 1, 1] })
}

/** Twice the size by nearest neighbours, then a convolution. */
export const double = (p: Params, x: Value): Value => {
  const [, channels = 1, height = 1, width = 1] = x.shape
  return convSame(p, upsample(x, 2 * height, 2 * width), channels)
}
