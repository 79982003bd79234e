/** UNet2DConditionModel's settings, under the names of its `config.json`; lists have one entry a level. */
export interface UNetConfig {
  readonly in_channels: number
  readonly out_channels: number
  readonly block_out_channels: readonly number[]
  readonly layers_per_block: number | readonly number[]
  readonly down_block_types: readonly string[]
  readonly up_block_types: readonly string[]
  readonly mid_block_type?: string | null | undefined
  readonly cross_attention_dim: number
  /** Despite its name the number of heads, unless num_attention_heads is given. */
  readonly attention_head_dim: number | readonly number[]
  readonly num_attention_heads?: number | readonly number[] | null | undefined
  readonly transformer_layers_per_block: number | readonly number[]
  readonly use_linear_projection: boolean
  readonly norm_num_groups: number
  readonly norm_eps: number
  readonly flip_sin_to_cos: boolean
  readonly freq_shift: number
  readonly downsample_padding: number
  readonly addition_embed_type?: string | null | undefined
  readonly addition_time_embed_dim?: number | null | undefined
  readonly projection_class_embeddings_input_dim?: number | null | undefined
}

/** One level of the network, the number of its resnets and what its attention is like. */
export interface UNetLevel {
  readonly channels: number
  readonly layers: number
  readonly heads: number
  readonly depth: number
}

/** The levels from the outermost to the innermost. */
export const unetLevels = (config: UNetConfig): UNetLevel[] => {
  const heads = config.num_attention_heads ?? config.attention_head_dim
  return config.block_out_channels.map((channels, level) => ({
    channels,
    layers: atLevel(config.layers_per_block, level),
    heads: atLevel(heads, level),
    depth: atLevel(config.transformer_layers_per_block, level),
  }))
}

const atLevel = (setting: number | readonly number[], level: number): number =>
  typeof setting === 'number' ? setting : (setting[level] ?? setting.at(-1) ?? 0)
