import { z } from 'zod'
import { checkConfig, refuseUnsupported, type SupportedValues } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

/** An AutoencoderKL under the names of its `config.json`: each level but the last halves the size. */
export interface AutoencoderConfig {
  readonly in_channels: number
  readonly out_channels: number
  readonly latent_channels: number
  readonly block_out_channels: readonly number[]
  readonly layers_per_block: number
  readonly norm_num_groups: number
  /** The network sees (latents - shift_factor) · scaling_factor. */
  readonly scaling_factor: number
  readonly shift_factor: number
  readonly use_quant_conv: boolean
  readonly use_post_quant_conv: boolean
  readonly mid_block_add_attention: boolean
}

/**
 * A VAE's `config.json`, with diffusers' defaults for missing keys (scaling factor 0.18215, shift 0).
 *
 * @throws EngineError 'config-invalid' | 'model-unsupported'
 * @source diffusers 0.42, models/autoencoders/autoencoder_kl.py
 */
export const readAutoencoderConfig = (raw: RawConfig, where = 'vae/config.json'): AutoencoderConfig => {
  refuseUnsupported(raw, supported, where)
  return checkConfig(schema, raw, where)
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
    shift_factor: z
      .number()
      .nullish()
      .transform((value) => value ?? 0),
    use_quant_conv: z.boolean().default(true),
    use_post_quant_conv: z.boolean().default(true),
    mid_block_add_attention: z.boolean().default(true),
  })
  .refine(({ block_out_channels: sides, norm_num_groups: groups }) => sides.every((side) => side % groups === 0), {
    path: ['norm_num_groups'],
    message: 'a divisor of every number of channels',
  })

const supported: SupportedValues = {
  _class_name: ['AutoencoderKL'],
  act_fn: ['silu', 'swish'],
  down_block_types: ['DownEncoderBlock2D'],
  latents_mean: [null],
  latents_std: [null],
  up_block_types: ['UpDecoderBlock2D'],
}
