import { z } from 'zod'
import { checkConfig, refuseUnsupported, type SupportedValues } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

/** An AutoencoderKL: pixels to latents and back; each level but the last halves the size. */
export interface AutoencoderConfig {
  readonly inChannels: number
  readonly outChannels: number
  readonly latentChannels: number
  readonly blockOutChannels: readonly number[]
  readonly layersPerBlock: number
  readonly normNumGroups: number
  /** The network sees (latents - shiftFactor) · scalingFactor. */
  readonly scalingFactor: number
  readonly shiftFactor: number
  readonly useQuantConv: boolean
  readonly usePostQuantConv: boolean
  readonly midBlockAddAttention: boolean
  /** Pixels per latent along a side: 2^(levels - 1). */
  readonly downscale: number
}

/**
 * A VAE's `config.json`, with diffusers' defaults for missing keys (scaling factor 0.18215).
 *
 * @throws EngineError 'config-invalid' | 'model-unsupported'
 * @source diffusers 0.42, models/autoencoders/autoencoder_kl.py
 */
export const readAutoencoderConfig = (raw: RawConfig, where = 'vae/config.json'): AutoencoderConfig => {
  refuseUnsupported(raw, supported, where)
  const config = checkConfig(schema, raw, where)
  return {
    inChannels: config.in_channels,
    outChannels: config.out_channels,
    latentChannels: config.latent_channels,
    blockOutChannels: config.block_out_channels,
    layersPerBlock: config.layers_per_block,
    normNumGroups: config.norm_num_groups,
    scalingFactor: config.scaling_factor,
    shiftFactor: config.shift_factor ?? 0,
    useQuantConv: config.use_quant_conv,
    usePostQuantConv: config.use_post_quant_conv,
    midBlockAddAttention: config.mid_block_add_attention,
    downscale: 2 ** (config.block_out_channels.length - 1),
  }
}

const count = z.int().positive().max(100_000)

const schema = z
  .object({
    in_channels: count.default(3),
    out_channels: count.default(3),
    latent_channels: count.default(4),
    block_out_channels: z.array(count).min(1).max(8).default([64]),
    layers_per_block: count.default(1),
    norm_num_groups: count.default(32),
    scaling_factor: z.number().positive().default(0.18215),
    shift_factor: z.number().nullable().default(null),
    use_quant_conv: z.boolean().default(true),
    use_post_quant_conv: z.boolean().default(true),
    mid_block_add_attention: z.boolean().default(true),
  })
  .refine(({ block_out_channels: sides, norm_num_groups: groups }) => sides.every((side) => side % groups === 0), {
    path: ['norm_num_groups'],
    message: 'a divisor of every number of channels',
  })

const supported: SupportedValues = {
  act_fn: ['silu', 'swish'],
  down_block_types: ['DownEncoderBlock2D'],
  latents_mean: [null],
  latents_std: [null],
  up_block_types: ['UpDecoderBlock2D'],
}
