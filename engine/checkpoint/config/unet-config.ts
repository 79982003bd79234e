import { z } from 'zod'
import { EngineError } from '../../contract/failures.ts'
import { checkConfig, refuseUnsupported, type SupportedValues } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

/** A UNet2DConditionModel. Lists have one entry per level, from the finest to the coarsest. */
export interface UnetConfig {
  /** latent channels; 2 · latent channels + 1 for inpainting */
  readonly inChannels: number
  readonly outChannels: number
  readonly blockOutChannels: readonly number[]
  /** Whether the level's down block has attention. */
  readonly downAttention: readonly boolean[]
  /** Whether the up block has attention, in the order of `up_blocks`: from the coarsest level to the finest. */
  readonly upAttention: readonly boolean[]
  /** Resnets of a down block; up blocks have one more. */
  readonly layersPerBlock: readonly number[]
  readonly transformerLayersPerBlock: readonly number[]
  /** Number of heads: diffusers calls it `attention_head_dim`. */
  readonly attentionHeads: readonly number[]
  readonly crossAttentionDim: number
  /** proj_in and proj_out are matrices instead of 1x1 convolutions */
  readonly useLinearProjection: boolean
  readonly normNumGroups: number
  readonly normEps: number
  readonly flipSinToCos: boolean
  readonly freqShift: number
  readonly timeEmbeddingDim: number
  /** SDXL: each of 6 numbers becomes `timeEmbedDim` features; with the pooled text they are `inputDim` wide. */
  readonly additionEmbedding: { readonly timeEmbedDim: number; readonly inputDim: number } | null
  /** Latents of the training size, height and width. */
  readonly sampleSize: readonly [number, number] | null
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
  const perLevel = <Item>(key: string, value: Item | readonly Item[]): readonly Item[] => {
    const list = Array.isArray(value) ? (value as readonly Item[]) : Array<Item>(levels).fill(value as Item) // one or the other
    if (list.length !== levels) throw wrongLength(where, key, list.length, levels)
    return list
  }
  const result: UnetConfig = {
    inChannels: config.in_channels,
    outChannels: config.out_channels,
    blockOutChannels: config.block_out_channels,
    downAttention: perLevel('down_block_types', config.down_block_types),
    upAttention: perLevel('up_block_types', config.up_block_types),
    layersPerBlock: perLevel('layers_per_block', config.layers_per_block),
    transformerLayersPerBlock: perLevel('transformer_layers_per_block', config.transformer_layers_per_block),
    attentionHeads: perLevel('attention_head_dim', config.attention_head_dim),
    crossAttentionDim: config.cross_attention_dim,
    useLinearProjection: config.use_linear_projection,
    normNumGroups: config.norm_num_groups,
    normEps: config.norm_eps,
    flipSinToCos: config.flip_sin_to_cos,
    freqShift: config.freq_shift,
    timeEmbeddingDim: config.time_embedding_dim ?? (config.block_out_channels[0] ?? 0) * 4,
    additionEmbedding: additionEmbedding(config, where),
    sampleSize: typeof config.sample_size === 'number' ? [config.sample_size, config.sample_size] : config.sample_size,
  }
  checkDivisions(result, where)
  return result
}

const count = z.int().positive().max(100_000)
const countPerLevel = z.union([count, z.array(count)])

/** Block types are read as whether they have attention; old files write `UNetRes` before the name. */
const blockTypes = (direction: 'Down' | 'Up') =>
  z.array(
    z
      .string()
      .transform((name) => name.replace(/^UNetRes/, ''))
      .pipe(z.enum([`CrossAttn${direction}Block2D`, `${direction}Block2D`]))
      .transform((name) => name.startsWith('CrossAttn')),
  )

const schema = z.object({
  in_channels: count.default(4),
  out_channels: count.default(4),
  block_out_channels: z.array(count).min(1).max(8).default([320, 640, 1280, 1280]),
  down_block_types: blockTypes('Down').default([true, true, true, false]),
  up_block_types: blockTypes('Up').default([false, true, true, true]),
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

const additionEmbedding = (config: z.output<typeof schema>, where: string): UnetConfig['additionEmbedding'] => {
  if (config.addition_embed_type === null) return null
  const { addition_time_embed_dim: timeEmbedDim, projection_class_embeddings_input_dim: inputDim } = config
  if (timeEmbedDim !== null && inputDim !== null && inputDim > 6 * timeEmbedDim) return { timeEmbedDim, inputDim }
  throw new EngineError('config-invalid', {
    where,
    found: `"addition_time_embed_dim" ${timeEmbedDim ?? 'missing'} with "projection_class_embeddings_input_dim" ${inputDim ?? 'missing'}`,
    expected: 'the second above 6 times the first, since "addition_embed_type" is "text_time"',
    remedy: 'Compare the file with the published one.',
  })
}

const checkDivisions = ({ blockOutChannels, normNumGroups, attentionHeads }: UnetConfig, where: string): void => {
  blockOutChannels.forEach((channels, level) => {
    const heads = attentionHeads[level] ?? 1
    const divisor =
      channels % normNumGroups !== 0 ? `"norm_num_groups" ${normNumGroups}` : `"attention_head_dim" ${heads}`
    if (channels % normNumGroups === 0 && channels % heads === 0) return
    throw new EngineError('config-invalid', {
      where,
      found: `${channels} channels at level ${level}`,
      expected: `a multiple of ${divisor}`,
      remedy: 'Compare the file with the published one.',
    })
  })
}

const wrongLength = (where: string, key: string, found: number, expected: number): EngineError =>
  new EngineError('config-invalid', {
    where,
    found: `${found} values of "${key}"`,
    expected: `${expected}, as many as "block_out_channels"`,
    remedy: 'Compare the file with the published one.',
  })
