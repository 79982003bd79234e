import type { UnetConfig } from '../checkpoint/config/unet-config.ts'
import { EngineError } from '../contract/failures.ts'
import type { Graph } from '../graph/graph.ts'
import { regionLayers } from '../losses/region-layers.ts'
import type { PredictCall } from '../machine/machine.ts'
import { attentionLayers } from '../networks/attention-layers.ts'
import { tapBeside } from '../networks/tap-beside.ts'
import { unetGraph, type UNetSizes } from '../networks/unet/unet-graph.ts'
import { samplesOf, stackSamples } from '../tensor/arithmetic.ts'
import { sameShape, type NdArray } from '../tensor/nd-array.ts'
import { layerTable, mapsOf } from './attention-maps.ts'
import type { LoadSession } from './load-session.ts'
import type { LorasOf } from './loras/network-loras.ts'
import { batchTurns } from './turn-batches.ts'
import type { UNetFiles } from './unet-files.ts'

interface RunnerOptions {
  readonly files: UNetFiles
  readonly load: LoadSession
  readonly loras: LorasOf
  /** Calls that share one run; asked each time: 1 for big networks on a CPU, where a batch costs as much as two runs. */
  readonly largestBatch: () => number
  /**
   * Whether every run computes the maps, asked for or not: where a second session would cost gigabytes. Without it runs
   * whose maps are wanted have a session of their own.
   */
  readonly alwaysMaps: boolean
}

/** Runs the network; calls of one turn and of one size share a batch. */
export const unetRunner = (options: RunnerOptions): ((call: PredictCall) => Promise<NdArray>) => {
  const layersOf = layerTable(options.files)
  return batchTurns<PredictCall, NdArray>(async (calls) => {
    const results: NdArray[] = []
    for (let start = 0; start < calls.length;) {
      const batch = firstOfOneSize(calls.slice(start, start + options.largestBatch()))
      results.push(...(await runBatch({ ...options, layersOf }, batch)))
      start += batch.length
    }
    return results
  })
}

const firstOfOneSize = (calls: readonly PredictCall[]): readonly PredictCall[] => {
  const [first] = calls
  const differs = (call: PredictCall): boolean =>
    first !== undefined &&
    !(
      sameShape(call.sample.shape, first.sample.shape) &&
      sameShape(call.conditioning.context.shape, first.conditioning.context.shape)
    )
  const end = calls.findIndex(differs)
  return end === -1 ? calls : calls.slice(0, end)
}

interface BatchOptions extends RunnerOptions {
  readonly layersOf: ReturnType<typeof layerTable>
}

const runBatch = async (options: BatchOptions, calls: readonly PredictCall[]): Promise<NdArray[]> => {
  const hasMaps = options.alwaysMaps || calls.some(({ onMaps }) => onMaps !== undefined)
  const outputs = await runTogether(options, calls, { hasMaps }).catch((error: unknown) => {
    const isMemory = error instanceof EngineError && error.code === 'out-of-memory'
    // A picture does not fail because there is no room for a second session to watch it with.
    if (!isMemory || !hasMaps || options.alwaysMaps) throw error
    return runTogether(options, calls, { hasMaps: false })
  })
  const { prediction } = outputs
  if (prediction === undefined)
    throw new EngineError('device-failed', { where: 'unet', found: 'a run without a prediction' })
  for (const [sample, { onMaps }] of calls.entries()) {
    const maps = onMaps === undefined ? [] : mapsOf(outputs, options.layersOf(sizesOf(calls)), sample)
    if (maps.length > 0) onMaps?.(maps)
  }
  return [...samplesOf(prediction)]
}

const runTogether = async (
  { files, load, loras }: BatchOptions,
  calls: readonly PredictCall[],
  { hasMaps }: { readonly hasMaps: boolean },
): Promise<Readonly<Record<string, NdArray>>> => {
  const batch = calls.length
  const { height, width, tokens } = sizesOf(calls)
  const lora = loras('unet')
  const key = `${batch} x ${width} x ${height}, ${tokens} tokens${hasMaps ? ', maps' : ''}, ${lora.key}`
  const network = (): Graph => lora.attach(unetGraph(files.weights, files.config, { batch, height, width, tokens }))
  const session = load('unet', key, { kept: () => predictGraph(network(), { hasMaps }) })
  return session.run(() => ({
    sample: sideBySide(calls.map(({ sample }) => sample)),
    timestep: { shape: [batch], data: Float32Array.from(calls, ({ timestep }) => timestep) },
    context: sideBySide(calls.map(({ conditioning }) => conditioning.context)),
    ...addedFeeds(files.config, calls),
    ...lora.feeds(),
  }))
}

/** Of the first call; those of a batch share them. */
const sizesOf = ([first]: readonly PredictCall[]): Omit<UNetSizes, 'batch'> => {
  const [, , height = 1, width = 1] = first?.sample.shape ?? []
  return { height, width, tokens: first?.conditioning.context.shape[1] ?? 1 }
}

/** The network as plain predictions run it, with the maps of the region layers computed beside it or not. */
export const predictGraph = (network: Graph, { hasMaps }: { readonly hasMaps: boolean }): Graph =>
  hasMaps ? tapBeside(regionLayers(attentionLayers(network)).map(({ key }) => key))(network) : network

/** What SDXL is fed beside the prompt. @throws EngineError 'bad-argument' when the conditioning lacks it */
export const addedFeeds = (config: UnetConfig, calls: readonly PredictCall[]): Record<string, NdArray> => {
  if (config.addition_embed_type !== 'text_time') return {}
  const required = (name: 'pooled' | 'timeIds'): NdArray[] =>
    calls.map(({ conditioning }) => {
      const array = conditioning[name]
      if (array === undefined)
        throw new EngineError('bad-argument', { where: 'predict', found: `no ${name}`, expected: 'it for this model' })
      return array
    })
  return { text_embeds: sideBySide(required('pooled')), time_ids: sideBySide(required('timeIds')) }
}

/** [1, …] each → [n, …]. */
const sideBySide = (arrays: readonly NdArray[]): NdArray => {
  const [first, ...others] = arrays
  if (first !== undefined) return stackSamples([first, ...others])
  throw new EngineError('bad-argument', { where: 'predict', found: 'no calls', expected: 'at least one' })
}
