import { makeGraph, type Graph } from '../../graph/graph.ts'
import { clip, input } from '../../graph/ops.ts'
import { readParams, refuseUnread, type ParamsReader } from '../../graph/params.ts'
import type { WeightTable } from '../../tensor/weight-view.ts'
import { ignoredKeys } from '../ignored-keys.ts'
import { vaeAliases, vaeDecoder, vaeEncoder, vaeFactor, type VaeConfig } from './vae.ts'

interface PictureSizes {
  readonly batch: number
  /** Of the picture in pixels; the VAE factor divides both. */
  readonly height: number
  readonly width: number
}

/**
 * Graph `vae-encoder`: input `picture` [B, 3, H, W] in -1 … 1; outputs `mean` and `log_variance` [B, C, h, w],
 * the latter limited to -30 … 20.
 *
 * @throws EngineError as `readParams` and `refuseUnread`
 */
export const vaeEncoderGraph = (weights: WeightTable, config: VaeConfig, sizes: PictureSizes): Graph => {
  const reader = readParams('vae', weights, vaeAliases)
  const picture = input('picture', [sizes.batch, config.in_channels, sizes.height, sizes.width])
  const { mean, logVariance } = vaeEncoder(reader.params, config, picture)
  refuseUnreadHalf(reader, /^(encoder|quant_conv)\./)
  return makeGraph('vae-encoder', { mean, log_variance: clip(logVariance, -30, 20) })
}

/**
 * Graph `vae-decoder`: input `latents` [B, C, h, w], divided by the scaling factor already; output `picture` [B, 3, H, W].
 *
 * @throws EngineError as `readParams` and `refuseUnread`
 */
export const vaeDecoderGraph = (weights: WeightTable, config: VaeConfig, sizes: PictureSizes): Graph => {
  const reader = readParams('vae', weights, vaeAliases)
  const factor = vaeFactor(config)
  const latents = input('latents', [sizes.batch, config.latent_channels, sizes.height / factor, sizes.width / factor])
  const picture = vaeDecoder(reader.params, config, latents)
  refuseUnreadHalf(reader, /^(decoder|post_quant_conv)\./)
  return makeGraph('vae-decoder', { picture })
}

/** One half of the autoencoder reads its own keys only; whatever belongs to neither half is still refused. */
const refuseUnreadHalf = (reader: ParamsReader, own: RegExp): void => {
  const otherHalf = /^(encoder|decoder|quant_conv|post_quant_conv)\./
  const unread = () => reader.unread().filter((key) => own.test(key) || !otherHalf.test(key))
  refuseUnread('vae', { params: reader.params, unread }, ignoredKeys)
}
