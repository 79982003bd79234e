import { differentiate } from '../../../autodiff/differentiate.ts'
import { zeroFeed } from '../../../autodiff/zero-after.ts'
import { applyTransforms, type Graph } from '../../../graph/graph.ts'
import type { ModelFiles } from '../../../checkpoint/model-files.ts'
import { regionLayers } from '../../../losses/region-layers.ts'
import { regionLoss } from '../../../losses/region-loss.ts'
import { attentionLayers } from '../../../networks/attention-layers.ts'
import { clipTextGraph } from '../../../networks/clip/clip-text-graph.ts'
import { unetGraph } from '../../../networks/unet/unet-graph.ts'
import { vaeDecoderGraph, vaeEncoderGraph } from '../../../networks/vae/vae-graphs.ts'
import { sizeOf, type Elements, type NdArray } from '../../../tensor/nd-array.ts'
import { scattered, type BuiltRow, type SelfTestRow } from './row.ts'

/** A small model's own networks, whole, in small sizes, and the gradient that regions use. */
export const networkRows = ({ unet, vae, textEncoders }: ModelFiles): readonly SelfTestRow[] => {
  const side = 16
  const tokens = textEncoders[0]?.config.max_position_embeddings ?? 8
  const sizes = { batch: 1, height: side, width: side, tokens }
  const picture = { batch: 1, height: 64, width: 64 }
  const plain = (): Graph => unetGraph(unet.weights, unet.config, sizes)
  const networks: readonly { readonly name: string; readonly graph: () => Graph }[] = [
    ...textEncoders.map(({ name, weights, config }) => ({
      name: `network ${name}`,
      graph: () => clipTextGraph(weights, config, { batch: 1, tokens }, { layersFromEnd: 0, isNormed: true }),
    })),
    { name: 'network unet', graph: plain },
    { name: 'network vae decoder', graph: () => vaeDecoderGraph(vae.weights, vae.config, picture) },
    { name: 'network vae encoder', graph: () => vaeEncoderGraph(vae.weights, vae.config, picture) },
    { name: 'gradient of regions', graph: () => regionGradient(plain()) },
  ]
  return networks.map(({ name, graph }) => ({ name, build: () => fed(graph()) }))
}

const regionGradient = (plain: Graph): Graph =>
  applyTransforms(
    plain,
    regionLoss({ layers: regionLayers(attentionLayers(plain)), regions: 1 }),
    differentiate({ loss: 'loss', withRespectTo: ['sample'], keep: ['prediction'] }),
  )

/** Values that each input may have. */
const fed = (graph: Graph): BuiltRow => {
  const feeds: Record<string, NdArray<Elements>> = { ...zeroFeed() }
  for (const [index, [name, { shape, dtype }]] of [...graph.inputs].entries()) {
    if (name in feeds) continue
    feeds[name] = dtype === 'int64' ? integers(name, shape) : numbers(name, scattered(shape, index + 1, 1))
  }
  return { graph, feeds }
}

/** Ids of a small vocabulary; the last token ends the prompt. */
const integers = (name: string, shape: readonly number[]): NdArray<Elements> => {
  const count = sizeOf(shape)
  const data = BigInt64Array.from({ length: count }, (_, i) => BigInt(name === 'end_positions' ? 7 : (i * 37) % 1000))
  return { shape, data }
}

/** A timestep in the middle; masks, tokens and strengths of regions between 0 and 1; all else as it is. */
const numbers = (name: string, { shape, data }: NdArray): NdArray => {
  if (name === 'timestep') return { shape, data: data.map(() => 501) }
  if (name === 'masks') return { shape, data: data.map((value) => (value > 0 ? 1 : 0)) }
  if (name === 'region_tokens') return { shape, data: data.map((_, i) => (i === 2 ? 1 : 0)) }
  if (name === 'strengths') return { shape, data: data.map(() => 1) }
  return { shape, data }
}
