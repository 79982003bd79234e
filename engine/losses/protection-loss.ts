import { EngineError } from '../contract/failures.ts'
import { makeGraph, type Graph } from '../graph/graph.ts'
import { concat, gather, indices, input, mul, reduceSum, reshape, scalar, sqrt, sub } from '../graph/ops.ts'
import { replaceInputs } from '../graph/replace-inputs.ts'
import type { Value } from '../graph/value.ts'

export interface ProtectionOptions {
  /** Of `vaeEncoderGraph`: input `picture` [B, 3, H, W], output `mean` [B, C, h, w]. */
  readonly encoder: Graph
  /** Of `unetGraph` of an inpainting network: input `sample` [B, 2C + 1, h, w], output `prediction`. */
  readonly unet: Graph
  /** Of the latents against the autoencoder's, such as 0.18215. */
  readonly scalingFactor: number
}

/**
 * What an inpainting network predicts for a picture whose masked part is to be repainted: outputs `prediction` and
 * `loss` = ‖prediction‖₂ over all elements, to be made large. Inputs: `picture` [B, 3, H, W] in -1 … 1; `mask`
 * [B, 1, H, W], 1 = repaint; `noise` [B, C, h, w]; `timestep` and `context` as the UNet has them. Only the masked
 * picture's latents (posterior mean) depend on the picture; the mask comes to the latents' size by nearest pixels.
 *
 * @throws EngineError 'graph-invalid' when the two networks do not fit together
 * @source Choi et al. 2024 (DiffusionGuard), arXiv:2410.05694, eq. 6
 */
export const protectionLoss = ({ encoder, unet, scalingFactor }: ProtectionOptions): Graph => {
  const { picture, mean } = { picture: encoder.inputs.get('picture'), mean: encoder.outputs.get('mean') }
  if (picture === undefined || mean === undefined) return misfit('an encoder without `picture` and `mean`')
  const [batch = 1, , height = 1, width = 1] = picture.shape
  const mask = input('mask', [batch, 1, height, width])
  const kept = mul(picture, sub(scalar(1), mask))
  const latents = replaceInputs({ picture: kept })(encoder).outputs.get('mean') ?? mean
  const masked = mul(latents, scalar(scalingFactor))
  const [, , latentHeight = 1, latentWidth = 1] = masked.shape
  const sample = concat([input('noise', masked.shape), nearest(mask, latentHeight, latentWidth), masked], 1)
  if (unet.inputs.get('sample')?.shape.join() !== sample.shape.join()) {
    return misfit(
      `latents of [${sample.shape.join(', ')}] for a UNet that takes [${unet.inputs.get('sample')?.shape.join(', ') ?? ''}]`,
    )
  }
  const prediction = replaceInputs({ sample })(unet).outputs.get('prediction')
  if (prediction === undefined) return misfit('a UNet without `prediction`')
  const squares = reduceSum(mul(prediction, prediction), [0, 1, 2, 3])
  return makeGraph('protection', { prediction, loss: reshape(sqrt(squares), []) })
}

/** Each cell takes the pixel at its corner, floor(i · H / h), as PyTorch's `nearest` does. */
const nearest = (mask: Value, height: number, width: number): Value => {
  const [, , fromHeight = 1, fromWidth = 1] = mask.shape
  const corners = (from: number, to: number): Value =>
    indices(Array.from({ length: to }, (_, i) => Math.floor((i * from) / to)))
  return gather(gather(mask, corners(fromHeight, height), 2), corners(fromWidth, width), 3)
}

const misfit = (found: string): never => {
  throw new EngineError('graph-invalid', {
    where: 'protection loss',
    found,
    expected: 'the encoder and the inpainting UNet of one model',
  })
}
