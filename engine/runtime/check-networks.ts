import type { ModelFiles } from '../checkpoint/model-files.ts'
import { EngineError } from '../contract/failures.ts'
import { clipTextGraph } from '../networks/clip/clip-text-graph.ts'
import { unetGraph } from '../networks/unet/unet-graph.ts'
import { vaeDecoderGraph, vaeEncoderGraph } from '../networks/vae/vae-graphs.ts'
import { vaeFactor } from '../networks/vae/vae.ts'
import type { WeightTable, WeightView } from '../tensor/weight-view.ts'

/** How the weights of one network fit what its configuration asks for. */
export interface NetworkCheck {
  readonly name: string
  /** Weights in the file. */
  readonly weights: number
  readonly sizeBytes: number
  /** How they are stored, such as `float16`. */
  readonly storedAs: readonly string[]
  /** Keys that the network asks for and the file does not have. */
  readonly missing: readonly string[]
  /** Anything else that is wrong. */
  readonly failure: EngineError | null
}

/** More missing keys than this mean another network altogether. */
const mostMissing = 500

/**
 * Builds every network of a model without running it, and says which weights are missing or do not fit. Nothing but
 * headers is read.
 */
export const checkNetworks = ({ unet, inpaintingUnet, vae, textEncoders }: ModelFiles): readonly NetworkCheck[] => {
  const side = 2 ** unet.config.block_out_channels.length
  const picture = { batch: 1, height: side * vaeFactor(vae.config), width: side * vaeFactor(vae.config) }
  const unets = [unet, ...(inpaintingUnet === null ? [] : [inpaintingUnet])]
  return [
    ...unets.map(({ name, weights, config }) =>
      check(name, weights, (table) => {
        unetGraph(table, config, { batch: 1, height: side, width: side, tokens: 1 })
      }),
    ),
    check(vae.name, vae.weights, (table) => {
      vaeEncoderGraph(table, vae.config, picture)
      vaeDecoderGraph(table, vae.config, picture)
    }),
    ...textEncoders.map(({ name, weights, config }) =>
      check(name, weights, (table) => {
        clipTextGraph(table, config, { batch: 1, tokens: 1 }, { layersFromEnd: 0, isNormed: true })
      }),
    ),
  ]
}

const check = (name: string, weights: WeightTable, build: (table: WeightTable) => void): NetworkCheck => {
  const table = new Map(weights)
  const missing: string[] = []
  const views = [...weights.values()]
  const facts = {
    name,
    weights: weights.size,
    sizeBytes: views.reduce((sum, { byteLength }) => sum + byteLength, 0),
    storedAs: [...new Set(views.map(({ dtype }) => dtype))],
    missing,
  }
  for (;;) {
    try {
      build(table)
      return { ...facts, failure: null }
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      const wanted = missingWeight(error)
      if (wanted === undefined || missing.length === mostMissing) return { ...facts, failure: error }
      // What is missing is taken for granted, to see what else is.
      missing.push(wanted.key)
      table.set(wanted.key, wanted)
    }
  }
}

const missingWeight = ({ code, facts: { key, shape } }: EngineError): WeightView | undefined => {
  if (code !== 'weight-missing' || typeof key !== 'string' || !Array.isArray(shape)) return undefined
  return { key, file: '', byteOffset: 0, byteLength: 0, shape: shape.map(Number), dtype: 'float32' }
}
