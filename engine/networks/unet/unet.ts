import { concat, conv, silu, upsample } from '../../graph/ops.ts'
import type { Params } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'
import { convSame, normGroups, resnetBlock } from '../layers/resnet-block.ts'
import { spatialTransformer } from '../layers/transformer.ts'
import { timeEmbedding, type AddedConditions } from './time-embedding.ts'
import { unetLevels, type UNetConfig, type UNetLevel } from './unet-config.ts'

export interface UNetInputs {
  /** Noisy latents (and mask and masked latents of an inpainting network), [B, in_channels, h, w]; any h and w. */
  readonly sample: Value
  /** [B], fractional timesteps allowed. */
  readonly timestep: Value
  /** Prompt states, [B, tokens, cross_attention_dim]. */
  readonly context: Value
  readonly added?: AddedConditions | undefined
}

/** What every block sees beside its input. */
interface Conditions {
  /** SiLU of the time embedding, [B, 4·channels]. */
  readonly time: Value
  readonly context: Value
}

/**
 * UNet2DConditionModel: predicts the noise (or the velocity) in the noisy latents, [B, out_channels, h, w].
 *
 * @source Rombach et al. 2022, arXiv:2112.10752; Podell et al. 2023, arXiv:2307.01952
 */
export const unet = (p: Params, config: UNetConfig, { sample, timestep, context, added }: UNetInputs): Value => {
  const levels = unetLevels(config)
  const conditions = { time: silu(timeEmbedding(p, config, timestep, added)), context }
  const skips = [convSame(p.at('conv_in'), sample, config.block_out_channels[0] ?? 0)]
  for (const [i, level] of levels.entries()) downBlock(p.at('down_blocks').at(i), config, level, i, conditions, skips)
  let x = skips.at(-1) ?? sample
  if (config.mid_block_type !== null) x = midBlock(p.at('mid_block'), config, levels.at(-1), x, conditions)
  for (const [i, level] of levels.toReversed().entries())
    x = upBlock(p.at('up_blocks').at(i), config, level, i, x, conditions, skips)
  x = silu(normGroups(p.at('conv_norm_out'), x, normOf(config)))
  return convSame(p.at('conv_out'), x, config.out_channels)
}

const normOf = ({ norm_num_groups, norm_eps }: UNetConfig): { groups: number; epsilon: number } => ({
  groups: norm_num_groups,
  epsilon: norm_eps,
})

const attend = (p: Params, config: UNetConfig, { heads, depth }: UNetLevel, x: Value, { context }: Conditions): Value =>
  spatialTransformer(p, x, context, {
    heads,
    depth,
    groups: config.norm_num_groups,
    linearProjection: config.use_linear_projection,
  })

/** Resnets (with attention), then half the size but at the last level; every result becomes a skip. */
export const downBlock = (
  p: Params,
  config: UNetConfig,
  level: UNetLevel,
  index: number,
  conditions: Conditions,
  skips: Value[],
): void => {
  const hasAttention = config.down_block_types[index] === 'CrossAttnDownBlock2D'
  for (let i = 0; i < level.layers; i += 1) {
    const x = resnetBlock(p.at('resnets').at(i), last(skips), level.channels, normOf(config), conditions.time)
    skips.push(hasAttention ? attend(p.at('attentions').at(i), config, level, x, conditions) : x)
  }
  if (index === config.block_out_channels.length - 1) return
  const down = p.at('downsamplers.0.conv')
  const weight = down.weight([level.channels, level.channels, 3, 3])
  skips.push(conv(last(skips), weight, down.bias([level.channels]), { stride: 2, pads: config.downsample_padding }))
}

/** Resnet, transformer, resnet at the innermost level: [B, C, h, w] → same. */
export const midBlock = (
  p: Params,
  config: UNetConfig,
  level: UNetLevel | undefined,
  x: Value,
  conditions: Conditions,
): Value => {
  if (level === undefined) return x
  const first = resnetBlock(p.at('resnets.0'), x, level.channels, normOf(config), conditions.time)
  const attended = attend(p.at('attentions.0'), config, level, first, conditions)
  return resnetBlock(p.at('resnets.1'), attended, level.channels, normOf(config), conditions.time)
}

/** Resnets on input and skip side by side (with attention), then up to the size of the next skip but at the last level. */
export const upBlock = (
  p: Params,
  config: UNetConfig,
  level: UNetLevel,
  index: number,
  input: Value,
  conditions: Conditions,
  skips: Value[],
): Value => {
  const hasAttention = config.up_block_types[index] === 'CrossAttnUpBlock2D'
  let x = input
  for (let i = 0; i <= level.layers; i += 1) {
    x = resnetBlock(
      p.at('resnets').at(i),
      concat([x, takeLast(skips)], 1),
      level.channels,
      normOf(config),
      conditions.time,
    )
    if (hasAttention) x = attend(p.at('attentions').at(i), config, level, x, conditions)
  }
  if (index === config.block_out_channels.length - 1) return x
  const [, , height = 1, width = 1] = last(skips).shape
  return convSame(p.at('upsamplers.0.conv'), upsample(x, height, width), level.channels)
}

const last = (skips: readonly Value[]): Value => skips.at(-1) ?? unbalanced()
const takeLast = (skips: Value[]): Value => skips.pop() ?? unbalanced()

const unbalanced = (): never => {
  throw new RangeError('unet: more skips were taken than made; down and up paths have different numbers of layers')
}
