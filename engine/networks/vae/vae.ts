import { add, attention, conv, linear, silu, slice, upsample } from '../../graph/ops.ts'
import type { Alias, Params } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'
import { toPicture, toPositions } from '../layers/picture-positions.ts'
import { convSame, normGroups, resnetBlock, type NormOptions } from '../layers/resnet-block.ts'

/** AutoencoderKL's settings, under the names of its `config.json`. */
export interface VaeConfig {
  readonly in_channels: number
  readonly out_channels: number
  readonly latent_channels: number
  readonly block_out_channels: readonly number[]
  readonly layers_per_block: number
  readonly norm_num_groups: number
  readonly mid_block_add_attention?: boolean | undefined
  readonly use_quant_conv?: boolean | undefined
  readonly use_post_quant_conv?: boolean | undefined
}

/** Names that attention layers had before 2023: query, key, value, proj_attn. */
export const vaeAliases: readonly Alias[] = [
  {
    storedKey: (key) => {
      const renamed = key
        .replace(/\.to_q\./, '.query.')
        .replace(/\.to_k\./, '.key.')
        .replace(/\.to_v\./, '.value.')
        .replace(/\.to_out\.0\./, '.proj_attn.')
      return renamed === key ? undefined : renamed
    },
  },
]

/** Pixels of a picture for each pixel of the latents, per side: 2^(levels − 1). */
export const vaeFactor = (config: Pick<VaeConfig, 'block_out_channels'>): number =>
  2 ** (config.block_out_channels.length - 1)

const normOf = ({ norm_num_groups }: VaeConfig): NormOptions => ({ groups: norm_num_groups, epsilon: 1e-6 })

/**
 * Picture [B, 3, H, W] in -1 … 1 → mean and log-variance of the posterior over latents, each [B, latent_channels, H/f, W/f],
 * before the scaling factor.
 *
 * @source Kingma & Welling 2013, arXiv:1312.6114; Rombach et al. 2022, arXiv:2112.10752
 */
export const vaeEncoder = (
  p: Params,
  config: VaeConfig,
  picture: Value,
): { readonly mean: Value; readonly logVariance: Value } => {
  const channels = 2 * config.latent_channels
  const moments = quantConv(
    p,
    'quant_conv',
    encoderBody(p.at('encoder'), config, picture),
    channels,
    config.use_quant_conv,
  )
  return {
    mean: slice(moments, 1, 0, config.latent_channels),
    logVariance: slice(moments, 1, config.latent_channels, channels),
  }
}

const encoderBody = (p: Params, config: VaeConfig, picture: Value): Value => {
  const norm = normOf(config)
  const levels = config.block_out_channels
  let x = convSame(p.at('conv_in'), picture, levels[0] ?? 0)
  for (const [level, channels] of levels.entries()) {
    const block = p.at('down_blocks').at(level)
    for (let i = 0; i < config.layers_per_block; i += 1) x = resnetBlock(block.at('resnets').at(i), x, channels, norm)
    if (level < levels.length - 1) x = halve(block.at('downsamplers.0.conv'), x)
  }
  x = silu(normGroups(p.at('conv_norm_out'), middle(p.at('mid_block'), config, x), norm))
  return convSame(p.at('conv_out'), x, 2 * config.latent_channels)
}

/** Latents [B, latent_channels, h, w], divided by the scaling factor already → picture [B, 3, h·f, w·f], about -1 … 1. */
export const vaeDecoder = (p: Params, config: VaeConfig, latents: Value): Value => {
  const decoder = p.at('decoder')
  const norm = normOf(config)
  const levels = config.block_out_channels.toReversed()
  let x = quantConv(p, 'post_quant_conv', latents, config.latent_channels, config.use_post_quant_conv)
  x = middle(decoder.at('mid_block'), config, convSame(decoder.at('conv_in'), x, levels[0] ?? 0))
  for (const [level, channels] of levels.entries()) {
    const block = decoder.at('up_blocks').at(level)
    for (let i = 0; i <= config.layers_per_block; i += 1) x = resnetBlock(block.at('resnets').at(i), x, channels, norm)
    if (level < levels.length - 1) x = double(block.at('upsamplers.0.conv'), x)
  }
  x = silu(normGroups(decoder.at('conv_norm_out'), x, norm))
  return convSame(decoder.at('conv_out'), x, config.out_channels)
}

const quantConv = (p: Params, name: string, x: Value, channels: number, isUsed: boolean | undefined): Value => {
  if (isUsed === false) return x
  return conv(x, p.at(name).weight([channels, channels, 1, 1]), p.at(name).bias([channels]))
}

const middle = (p: Params, config: VaeConfig, x: Value): Value => {
  const channels = x.shape[1] ?? 0
  const first = resnetBlock(p.at('resnets.0'), x, channels, normOf(config))
  const attended = config.mid_block_add_attention === false ? first : selfAttention(p.at('attentions.0'), config, first)
  return resnetBlock(p.at('resnets.1'), attended, channels, normOf(config))
}

/** One head over all positions; its matrices are stored as [C, C], in single files as [C, C, 1, 1]. */
const selfAttention = (p: Params, config: VaeConfig, x: Value): Value => {
  const [, channels = 1, height = 1, width = 1] = x.shape
  const positions = toPositions(normGroups(p.at('group_norm'), x, normOf(config)))
  const project = (name: string, from: Value): Value => {
    const matrix = p.at(name).weight([channels, channels], { orStoredAs: [channels, channels, 1, 1] })
    return linear(from, matrix, p.at(name).bias([channels]))
  }
  const [query, key, value] = [project('to_q', positions), project('to_k', positions), project('to_v', positions)]
  const mixed = project('to_out.0', attention(query, key, value, { heads: 1, label: p.path }))
  return add(toPicture(mixed, height, width), x)
}

/** Stride 2 with one row and column of zeros at the far edges only. */
const halve = (p: Params, x: Value): Value => {
  const channels = x.shape[1] ?? 0
  return conv(x, p.weight([channels, channels, 3, 3]), p.bias([channels]), { stride: 2, pads: [0, 0, 1, 1] })
}

const double = (p: Params, x: Value): Value => {
  const [, channels = 1, height = 1, width = 1] = x.shape
  return convSame(p, upsample(x, 2 * height, 2 * width), channels)
}
