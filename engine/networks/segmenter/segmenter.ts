import { makeGraph, type Graph } from '../../graph/graph.ts'
import { add, conv, input, silu, upsample } from '../../graph/ops.ts'
import { readParams, refuseUnread, type Params } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'
import type { WeightTable } from '../../tensor/weight-view.ts'
import { halve, middleBlock } from '../layers/autoencoder-blocks.ts'
import { convSame, normGroups, resnetBlock, type NormOptions } from '../layers/resnet-block.ts'

/** The segmenter's settings, under the names of its `config.json`. */
export interface SegmenterConfig {
  readonly in_channels: number
  readonly block_out_channels: readonly number[]
  readonly norm_num_groups: number
  readonly classes: readonly string[]
  /** Side of the picture that it reads. */
  readonly sample_size: number
}

/**
 * Graph `segmenter`: input `picture` [1, 3, S, S] in -1 … 1; output `logits` [1, classes, S/2, S/2], class 0 background.
 *
 * @throws EngineError as `readParams` and `refuseUnread`
 */
export const segmenterGraph = (weights: WeightTable, config: SegmenterConfig): Graph => {
  const reader = readParams('segmenter', weights)
  const picture = input('picture', [1, config.in_channels, config.sample_size, config.sample_size])
  const logits = segmenter(reader.params, config, picture)
  refuseUnread('segmenter', reader, [])
  return makeGraph('segmenter', { logits })
}

/**
 * An encoder as the autoencoder has it, then back up with lateral connections to the second level:
 * [1, 3, S, S] → [1, classes, S/2, S/2].
 */
export const segmenter = (p: Params, config: SegmenterConfig, picture: Value): Value => {
  const norm: NormOptions = { groups: config.norm_num_groups, epsilon: 1e-6 }
  const levels = config.block_out_channels
  const skips: Value[] = []
  let x = convSame(p.at('conv_in'), picture, levels[0] ?? 0)
  for (const [level, channels] of levels.entries()) {
    const block = p.at('down_blocks').at(level)
    x = resnetBlock(block.at('resnets.0'), x, channels, norm)
    skips.push(x)
    if (level < levels.length - 1) x = halve(block.at('downsamplers.0.conv'), x)
  }
  x = middleBlock(p.at('mid_block'), x, { norm, hasAttention: true })
  const ascending = levels.slice(1, -1).toReversed()
  for (const [i, channels] of ascending.entries()) {
    x = upBlock(p.at('up_blocks').at(i), x, skips.at(-2 - i) ?? x, channels, norm)
  }
  x = silu(normGroups(p.at('conv_norm_out'), x, norm))
  const out = p.at('conv_out')
  return conv(x, out.weight([config.classes.length, x.shape[1] ?? 0, 1, 1]), out.bias([config.classes.length]))
}

/** Twice the size, a convolution, plus the skip through a 1x1 convolution, then a resnet. */
const upBlock = (p: Params, x: Value, skip: Value, channels: number, norm: NormOptions): Value => {
  const [, skipChannels = 1, height = 1, width = 1] = skip.shape
  const lateral = conv(skip, p.at('lateral').weight([channels, skipChannels, 1, 1]), p.at('lateral').bias([channels]))
  const raised = convSame(p.at('conv'), upsample(x, height, width), channels)
  return resnetBlock(p.at('resnets.0'), add(raised, lateral), channels, norm)
}
