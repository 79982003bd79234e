import { add, concat, conv, expand, linear, reshape, slice } from '../../graph/ops.ts'
import type { Params } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'
import { toPositions } from '../layers/picture-positions.ts'
import { clipLayer, clipNorm, type ClipTowerConfig } from './clip-layers.ts'

/** CLIPVisionModel's settings, under the names of its `config.json`. */
export interface ClipVisionConfig extends ClipTowerConfig {
  readonly num_channels: number
  readonly image_size: number
  readonly patch_size: number
}

/**
 * CLIP's image tower: normalized picture [B, 3, S, S] → projected class token [B, P].
 *
 * @source Radford et al. 2021, arXiv:2103.00020; Dosovitskiy et al. 2020, arXiv:2010.11929
 */
export const clipVision = (p: Params, config: ClipVisionConfig, projection: number, picture: Value): Value => {
  const width = config.hidden_size
  const model = p.at('vision_model')
  let x = clipNorm(model.at('pre_layrnorm'), embed(model.at('embeddings'), config, picture), config) // the key is spelled so
  for (let i = 0; i < config.num_hidden_layers; i += 1) {
    x = clipLayer(model.at('encoder.layers').at(i), config, x, undefined)
  }
  const token = reshape(slice(x, 1, 0, 1), [-1, width]) // [B, N, C] → [B, C]
  const pooled = clipNorm(model.at('post_layernorm'), token, config)
  return linear(pooled, p.at('visual_projection').weight([projection, width]))
}

/** Patches as tokens behind the class token, plus positions: [B, 3, S, S] → [B, 1 + (S/patch)², C]. */
const embed = (p: Params, config: ClipVisionConfig, picture: Value): Value => {
  const { hidden_size: width, patch_size: patch, image_size, num_channels } = config
  const [batch = 1] = picture.shape
  const patches = conv(picture, p.at('patch_embedding').weight([width, num_channels, patch, patch]), undefined, {
    stride: patch,
  })
  const classToken = expand(reshape(p.tensor('class_embedding', [width]), [1, 1, width]), [batch, 1, width])
  const positions = p.at('position_embedding').weight([1 + (image_size / patch) ** 2, width])
  return add(concat([classToken, toPositions(patches)], 1), positions)
}
