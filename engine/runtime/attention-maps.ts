import type { AttentionMap } from '../machine/machine.ts'
import { attentionLayers, type AttentionLayer } from '../networks/attention-layers.ts'
import { mapOf } from '../networks/tap.ts'
import { unetGraph, type UNetSizes } from '../networks/unet/unet-graph.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import type { UNetFiles } from './unet-files.ts'

type SampleSizes = Omit<UNetSizes, 'batch'>

/** The attention layers for given sizes; asked at every step, computed once. */
export const layerTable = ({ weights, config }: UNetFiles): ((sizes: SampleSizes) => readonly AttentionLayer[]) => {
  const known = new Map<string, readonly AttentionLayer[]>()
  return ({ height, width, tokens }) => {
    const key = `${width} x ${height}, ${tokens} tokens`
    const layers = known.get(key) ?? attentionLayers(unetGraph(weights, config, { batch: 1, height, width, tokens }))
    known.set(key, layers)
    return layers
  }
}

/**
 * The maps of one sample among a run's outputs, in the order of the layers; those that are not there are left out.
 *
 * @param outputs  `<layer key>.map` of each layer, [B, N, M]
 * @param sample   place in the batch
 */
export const mapsOf = (
  outputs: Readonly<Record<string, NdArray>>,
  layers: readonly AttentionLayer[],
  sample = 0,
): readonly AttentionMap[] =>
  layers.flatMap(({ key, height, width, keys }) => {
    const map = outputs[mapOf(key)]
    if (map === undefined) return []
    const size = height * width * keys
    const data = map.data.subarray(sample * size, (sample + 1) * size)
    return [{ layer: key, height, width, probabilities: { shape: [height * width, keys], data } }]
  })
