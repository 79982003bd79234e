import { conv, silu, slice } from '../../graph/ops.ts'
import type { Alias, Params } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'
import { double, halve, middleBlock, type MiddleOptions } from '../layers/autoencoder-blocks.ts'
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

const middleOf = (config: VaeConfig): MiddleOptions => ({
  norm: normOf(config),
  hasAttention: config.mid_block_add_attention !== false,
})

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
  x = silu(normGroups(p.at('conv_norm_out'), middleBlock(p.at('mid_block'), x, middleOf(config)), norm))
  return convSame(p.at('conv_out'), x, 2 * config.latent_channels)
}

/** Latents [B, latent_channels, h, w], divided by the scaling factor already → picture [B, 3, h·f, w·f], about -1 … 1. */
export const vaeDecoder = (p: Params, config: VaeConfig, latents: Value): Value => {
  const decoder = p.at('decoder')
  const norm = normOf(config)
  const levels = config.block_out_channels.toReversed()
  let x = quantConv(p, 'post_quant_conv', latents, config.latent_channels, config.use_post_quant_conv)
  x = middleBlock(decoder.at('mid_block'), convSame(decoder.at('conv_in'), x, levels[0] ?? 0), middleOf(config))
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
