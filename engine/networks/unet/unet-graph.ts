import { makeGraph, type Graph } from '../../graph/graph.ts'
import { input } from '../../graph/ops.ts'
import { readParams, refuseUnread } from '../../graph/params.ts'
import type { WeightTable } from '../../tensor/weight-view.ts'
import { ignoredKeys } from '../ignored-keys.ts'
import type { AddedConditions } from './time-embedding.ts'
import type { UNetConfig } from './unet-config.ts'
import { unet } from './unet.ts'

/** The sizes that a UNet graph is fixed to. */
export interface UNetSizes {
  readonly batch: number
  /** Of the latents. */
  readonly height: number
  readonly width: number
  /** Length of the prompt states. */
  readonly tokens: number
}

/**
 * Graph `unet`: inputs `sample` [B, in, h, w], `timestep` [B], `context` [B, tokens, D], for SDXL `text_embeds` [B, P]
 * and `time_ids` [B, 6]; output `prediction` [B, out, h, w].
 *
 * @throws EngineError 'weight-missing' | 'weight-mismatch' | 'weights-unread' when config and weights do not belong together
 */
export const unetGraph = (weights: WeightTable, config: UNetConfig, sizes: UNetSizes): Graph => {
  const reader = readParams('unet', weights)
  const prediction = unet(reader.params, config, {
    sample: input('sample', [sizes.batch, config.in_channels, sizes.height, sizes.width]),
    timestep: input('timestep', [sizes.batch]),
    context: input('context', [sizes.batch, sizes.tokens, config.cross_attention_dim]),
    added: addedConditions(config, sizes.batch),
  })
  refuseUnread('unet', reader, ignoredKeys)
  return makeGraph('unet', { prediction })
}

const addedConditions = (config: UNetConfig, batch: number): AddedConditions | undefined => {
  if (config.addition_embed_type !== 'text_time') return undefined
  return { textEmbeds: input('text_embeds', [batch, pooledWidth(config)]), timeIds: input('time_ids', [batch, 6]) }
}

/** Width of the pooled text embedding: what is left of the added embedding's input beside six sizes. */
export const pooledWidth = (config: UNetConfig): number =>
  (config.projection_class_embeddings_input_dim ?? 2816) - 6 * (config.addition_time_embed_dim ?? 256)
