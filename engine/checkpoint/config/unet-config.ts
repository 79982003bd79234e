import { z } from 'zod'
import { EngineError } from '../../contract/failures.ts'
import { checkConfig, refuseUnsupported, type SupportedValues } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

/** A UNet2DConditionModel under the names of its `config.json`. Lists have one entry per level, from the finest on. */
export interface UnetConfig {
  /** latent channels; 2 · latent channels + 1 for inpainting */
  readonly in_channels: number
  readonly out_channels: number
  readonly block_out_channels: readonly number[]
  /** `CrossAttnDownBlock2D` or `DownBlock2D` */
  readonly down_block_types: readonly string[]
  /** `CrossAttnUpBlock2D` or `UpBlock2D`, in the order of `up_blocks`: from the coarsest level on. */
  readonly up_block_types: readonly string[]
  readonly mid_block_type: string
  /** Resnets of a down block; up blocks have one more. */
  readonly layers_per_block: readonly number[]
  readonly transformer_layers_per_block: readonly number[]
  /** The number of heads, whatever its name says. */
  readonly attention_head_dim: readonly number[]
  readonly cross_attention_dim: number
  /** proj_in and proj_out are matrices instead of 1x1 convolutions */
  readonly use_linear_projection: boolean
  readonly norm_num_groups: number
  readonly norm_eps: number
  readonly flip_sin_to_cos: boolean
  readonly freq_shift: number
  readonly downsample_padding: number
  /** 4 · the first level's channels, unless the file says otherwise. */
  readonly time_embedding_dim: number
  /** `text_time` (SDXL): 6 numbers become `addition_time_embed_dim` features each and join the pooled text. */
  readonly addition_embed_type: 'text_time' | null
  readonly addition_time_embed_dim: number | null
  readonly projection_class_embeddings_input_dim: number | null
  /** Latents of the training size, height and width. */
  readonly sample_size: readonly [number, number] | null
}

/**
 * A UNet's `config.json`, with diffusers' defaults for missing keys.
 *
 * @throws EngineError 'config-invalid' | 'model-unsupported'
 * @source diffusers 0.42, models/unets/unet_2d_condition.py
 */
export const readUnetConfig = (raw: RawConfig, where = 'unet/config.json'): UnetConfig => {
  refuseUnsupported(raw, supported, where)
  const config = checkConfig(schema, raw, where)
  const levels = config.block_out_channels.length
  const result: UnetConfig = {
    ...config,
    layers_per_block: perLevel(config.layers_per_block, levels),
    transformer_layers_per_block: perLevel(config.transformer_layers_per_block, levels),
    attention_head_dim: perLevel(config.attention_head_dim, levels),
    time_embedding_dim: config.time_embedding_dim ?? (config.block_out_channels[0] ?? 0) * 4,
    sample_size: typeof config.sample_size === 'number' ? [config.sample_size, config.sample_size] : config.sample_size,
  }
  checkLengths(result, where)
  checkTimeEmbedding(result, where)
  checkAddition(result, where)
  checkDivisions(result, where)
  return result
}

const perLevel = (value: number | readonly number[], levels: number): readonly number[] =>
  typeof value === 'number' ? Array<number>(levels).fill(value) : value

const count = z.int().positive().max(100_000)
const countPerLevel = z.union([count, z.array(count)])

/** Old files write `UNetRes` before the name. */
const blockTypes = (direction: 'Down' | 'Up') =>
  z.array(
    z
      .string()
      .transform((name) => name.replace(/^UNetRes/, ''))
      .pipe(z.enum([`CrossAttn${direction}Block2D`, `${direction}Block2D`])),
  )

const schema = z.object({
  in_channels: count.default(4),
  out_channels: count.default(4),
  block_out_channels: z.array(count).min(1).max(8).default([320, 640, 1280, 1280]),
  down_block_types: blockTypes('Down').default([
    ...Array<'CrossAttnDownBlock2D'>(3).fill('CrossAttnDownBlock2D'),
    'DownBlock2D',
  ]),
  up_block_types: blockTypes('Up').default(['UpBlock2D', ...Array<'CrossAttnUpBlock2D'>(3).fill('CrossAttnUpBlock2D')]),
  mid_block_type: z.literal('UNetMidBlock2DCrossAttn').default('UNetMidBlock2DCrossAttn'),
  layers_per_block: countPerLevel.default(2),
  transformer_layers_per_block: countPerLevel.default(1),
  attention_head_dim: countPerLevel.default(8),
  cross_attention_dim: z
    .union([count, z.array(count).refine((list) => new Set(list).size === 1, 'one width for all levels')])
    .transform((value) => (Array.isArray(value) ? (value[0] ?? 0) : value))
    .default(1280),
  use_linear_projection: z.boolean().default(false),
  norm_num_groups: count.default(32),
  norm_eps: z.number().positive().default(1e-5),
  flip_sin_to_cos: z.boolean().default(true),
  freq_shift: z.number().default(0),
  downsample_padding: z.literal(1).default(1),
  time_embedding_dim: count.nullable().default(null),
  addition_embed_type: z.literal('text_time').nullable().default(null),
  addition_time_embed_dim: count.nullable().default(null),
  projection_class_embeddings_input_dim: count.nullable().default(null),
  sample_size: z
    .union([count, z.tuple([count, count])])
    .nullable()
    .default(null),
})

/** Everything else that `UNet2DConditionModel` can be told and that changes what it computes. */
const supported: SupportedValues = {
  _class_name: ['UNet2DConditionModel'],
  act_fn: ['silu', 'swish'],
  addition_embed_type: [null, 'text_time'],
  attention_type: ['default'],
  center_input_sample: [false],
  class_embed_type: [null],
  class_embeddings_concat: [false],
  conv_in_kernel: [3],
  conv_out_kernel: [3],
  cross_attention_norm: [null],
  downsample_padding: [1],
  dual_cross_attention: [false],
  encoder_hid_dim: [null],
  encoder_hid_dim_type: [null],
  mid_block_only_cross_attention: [null, false],
  mid_block_scale_factor: [1],
  mid_block_type: ['UNetMidBlock2DCrossAttn'],
  num_attention_heads: [null],
  num_class_embeds: [null],
  only_cross_attention: [false],
  resnet_out_scale_factor: [1],
  resnet_skip_time_act: [false],
  resnet_time_scale_shift: ['default'],
  reverse_transformer_layers_per_block: [null],
  time_cond_proj_dim: [null],
  time_embedding_act_fn: [null],
  time_embedding_type: ['positional'],
  timestep_post_act: [null],
}

const compare = 'Compare the file with the published one.'

const checkLengths = (config: UnetConfig, where: string): void => {
  const { length } = config.block_out_channels
  for (const key of levelLists) {
    if (config[key].length === length) continue
    throw new EngineError('config-invalid', {
      where,
      found: `${config[key].length} values of "${key}"`,
      expected: `${length}, as many as "block_out_channels"`,
      remedy: compare,
      key,
    })
  }
}

const levelLists = [
  'down_block_types',
  'up_block_types',
  'layers_per_block',
  'transformer_layers_per_block',
  'attention_head_dim',
] as const

/** Every published network has 4 times the first level's channels; only that is computed. */
const checkTimeEmbedding = (config: UnetConfig, where: string): void => {
  const expected = (config.block_out_channels[0] ?? 0) * 4
  if (config.time_embedding_dim === expected) return
  throw new EngineError('model-unsupported', {
    where,
    found: `"time_embedding_dim" is ${config.time_embedding_dim}`,
    expected: String(expected),
    remedy: 'Attune cannot compute this kind of network yet: choose another model.',
  })
}

const checkAddition = (config: UnetConfig, where: string): void => {
  const { addition_time_embed_dim: features, projection_class_embeddings_input_dim: width } = config
  const isComplete = features !== null && width !== null && width > 6 * features
  if (config.addition_embed_type === null || isComplete) return
  throw new EngineError('config-invalid', {
    where,
    found: `"addition_time_embed_dim" ${features ?? 'missing'} with "projection_class_embeddings_input_dim" ${width ?? 'missing'}`,
    expected: 'the second above 6 times the first, since "addition_embed_type" is "text_time"',
    remedy: compare,
  })
}

const checkDivisions = (config: UnetConfig, where: string): void => {
  config.block_out_channels.forEach((channels, level) => {
    const heads = config.attention_head_dim[level] ?? 1
    const hasGroups = channels % config.norm_num_groups === 0
    if (hasGroups && channels % heads === 0) return
    throw new EngineError('config-invalid', {
      where,
      found: `${channels} channels at level ${level}`,
      expected: `a multiple of ${hasGroups ? `"attention_head_dim" ${heads}` : `"norm_num_groups" ${config.norm_num_groups}`}`,
      remedy: compare,
    })
  })
}
