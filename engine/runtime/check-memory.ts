import type { ModelFiles } from '../checkpoint/model-files.ts'
import { unetGraph } from '../networks/unet/unet-graph.ts'
import { vaeDecoderGraph } from '../networks/vae/vae-graphs.ts'
import { vaeFactor } from '../networks/vae/vae.ts'
import { outOfMemory } from './memory/memory-budget.ts'
import { processMemory } from './memory/process-memory.ts'
import { leastMemory, type MakerOptions, type SessionRequest } from './session-maker.ts'
import { largestTile } from './vae-runner.ts'

/** A picture that is wanted, in pixels; the VAE factor divides both. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/**
 * Refuses a picture whose networks will not fit even in the way that takes least and with everything else of this
 * process gone. Reads nothing but headers. Devices with memory of their own are not asked.
 *
 * @throws EngineError 'out-of-memory', as `outOfMemory` writes it
 */
export const checkMemory = (
  { unet, vae, textEncoders }: Pick<ModelFiles, 'unet' | 'vae' | 'textEncoders'>,
  { width, height }: PictureSize,
  options: MakerOptions & { readonly largestBatch: number },
): void => {
  if (options.device.name !== 'cpu') return
  const factor = vaeFactor(vae.config)
  const tokens = textEncoders[0]?.config.max_position_embeddings ?? 1
  const latents = { batch: options.largestBatch, height: height / factor, width: width / factor, tokens }
  const tile = { batch: 1, height: Math.min(height, largestTile), width: Math.min(width, largestTile) }
  const wanted: readonly Pick<SessionRequest, 'kind' | 'graph'>[] = [
    { kind: 'unet', graph: unetGraph(unet.weights, unet.config, latents) },
    { kind: 'vae-decoder', graph: vaeDecoderGraph(vae.weights, vae.config, tile) },
  ]
  const availableBytes = options.budget.availableBytes() + processMemory().nowBytes()
  for (const request of wanted) {
    const least = leastMemory(options, request)
    if (least.totalBytes > availableBytes) throw outOfMemory(request.graph.name, least, availableBytes)
  }
}
