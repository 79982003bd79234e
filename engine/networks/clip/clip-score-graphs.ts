import { EngineError } from '../../contract/failures.ts'
import { makeGraph, type Graph } from '../../graph/graph.ts'
import { div, exp, input, mul, reduceSum, sqrt } from '../../graph/ops.ts'
import { readParams, refuseUnread, type ParamsReader } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'
import type { WeightTable } from '../../tensor/weight-view.ts'
import { ignoredKeys } from '../ignored-keys.ts'
import { clipText, type ClipTextConfig } from './clip-text.ts'
import { clipVision, type ClipVisionConfig } from './clip-vision.ts'

/** CLIPModel's settings, under the names of its `config.json`. */
export interface ClipScoreConfig {
  readonly text_config: ClipTextConfig
  readonly vision_config: ClipVisionConfig
  readonly projection_dim: number
}

/**
 * Graph `clip-image`: input `picture` [B, 3, S, S], resized and normalized as the preprocessor says; output `embedding`
 * [B, P] of length 1.
 */
export const clipImageGraph = (weights: WeightTable, config: ClipScoreConfig, batch: number): Graph => {
  const reader = readParams('scorer', weights)
  const { num_channels, image_size } = config.vision_config
  const picture = input('picture', [batch, num_channels, image_size, image_size])
  const embedding = clipVision(reader.params, config.vision_config, config.projection_dim, picture)
  refuseUnreadTower(reader, 'vision_model.', 'visual_projection.')
  return makeGraph('clip-image', { embedding: unitLength(embedding) })
}

/**
 * Graph `clip-text-score`: inputs `ids` and `end_positions` as `clipTextGraph`; outputs `embedding` [B, P] of length 1 and
 * `scale`, by which cosines become logits.
 */
export const clipTextScoreGraph = (weights: WeightTable, config: ClipScoreConfig, batch: number): Graph => {
  const reader = readParams('scorer', weights)
  const tower = { ...config.text_config, projection_dim: config.projection_dim }
  const ids = input('ids', [batch, tower.max_position_embeddings], 'int64')
  const { projected } = clipText(reader.params, tower, ids, input('end_positions', [batch], 'int64'))
  if (projected === undefined) {
    throw new EngineError('weight-missing', {
      where: 'scorer',
      found: 'no weight "text_projection.weight"',
      expected: 'it in a CLIP model',
    })
  }
  const scale = exp(reader.params.tensor('logit_scale', []))
  refuseUnreadTower(reader, 'text_model.', 'text_projection.')
  return makeGraph('clip-text-score', { embedding: unitLength(projected), scale })
}

const unitLength = (x: Value): Value => div(x, sqrt(reduceSum(mul(x, x), [-1])))

/** Each graph reads its own tower; whatever belongs to neither is still refused. */
const refuseUnreadTower = (reader: ParamsReader, ...own: readonly string[]): void => {
  const towers = /^(text_model|text_projection|vision_model|visual_projection)\./
  const unread = () =>
    reader.unread().filter((key) => own.some((prefix) => key.startsWith(prefix)) || !towers.test(key))
  refuseUnread('scorer', { params: reader.params, unread }, ignoredKeys)
}
