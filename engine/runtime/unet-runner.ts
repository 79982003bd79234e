import type { UnetConfig } from '../checkpoint/config/unet-config.ts'
import { EngineError } from '../contract/failures.ts'
import type { PredictCall } from '../machine/machine.ts'
import { unetGraph } from '../networks/unet/unet-graph.ts'
import { samplesOf, stackSamples } from '../tensor/arithmetic.ts'
import { sameShape, type NdArray } from '../tensor/nd-array.ts'
import type { WeightTable } from '../tensor/weight-view.ts'
import type { LoadSession } from './load-session.ts'
import type { LorasOf } from './loras/network-loras.ts'
import { batchTurns } from './turn-batches.ts'

/** A UNet where it lies. */
export interface UNetFiles {
  readonly config: UnetConfig
  readonly weights: WeightTable
}

interface RunnerOptions {
  readonly files: UNetFiles
  readonly load: LoadSession
  readonly loras: LorasOf
  /** Calls that share one run; asked each time: 1 for big networks on a CPU, where a batch costs as much as two runs. */
  readonly largestBatch: () => number
}

/** Runs the network; calls of one turn and of one size share a batch. */
export const unetRunner = (options: RunnerOptions): ((call: PredictCall) => Promise<NdArray>) =>
  batchTurns<PredictCall, NdArray>(async (calls) => {
    const results: NdArray[] = []
    for (let start = 0; start < calls.length;) {
      const batch = firstOfOneSize(calls.slice(start, start + options.largestBatch()))
      results.push(...(await runBatch(options, batch)))
      start += batch.length
    }
    return results
  })

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

const runBatch = async (
  { files: { config, weights }, load, loras }: RunnerOptions,
  calls: readonly PredictCall[],
): Promise<NdArray[]> => {
  const [first] = calls
  if (first === undefined) return []
  const batch = calls.length
  const [, , height = 1, width = 1] = first.sample.shape
  const tokens = first.conditioning.context.shape[1] ?? 1
  const sizes = { batch, height, width, tokens }
  const lora = loras('unet')
  const session = load('unet', `${batch} x ${width} x ${height}, ${tokens} tokens, ${lora.key}`, {
    kept: () => lora.attach(unetGraph(weights, config, sizes)),
  })
  const { prediction } = await session.run(() => ({
    sample: sideBySide(calls.map(({ sample }) => sample)),
    timestep: { shape: [batch], data: Float32Array.from(calls, ({ timestep }) => timestep) },
    context: sideBySide(calls.map(({ conditioning }) => conditioning.context)),
    ...addedFeeds(config, calls),
    ...lora.feeds(),
  }))
  if (prediction === undefined)
    throw new EngineError('device-failed', { where: 'unet', found: 'a run without a prediction' })
  return [...samplesOf(prediction)]
}

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
