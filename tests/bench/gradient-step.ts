/**
 * One contender of the benchmark `gradient`, a process of its own: `gradient-step.ts plain|kept|recomputed FOLDER SIDE` loads a
 * UNet as the studio does and, but for `plain`, the region loss with its gradient in the same session. Prints a line of
 * JSON when it is loaded, then one for each line that it reads.
 */
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { zeroFeed } from '../../engine/autodiff/zero-after.ts'
import { openComponent } from '../../engine/checkpoint/component-files.ts'
import { readUnetConfig } from '../../engine/checkpoint/config/unet-config.ts'
import type { Graph } from '../../engine/graph/graph.ts'
import { attentionLayers } from '../../engine/networks/attention-layers.ts'
import { unetGraph } from '../../engine/networks/unet/unet-graph.ts'
import { attendForms, plainFeatures } from '../../engine/runtime/attend-runner.ts'
import { cpuDevice } from '../../engine/runtime/devices/device.ts'
import { processMemory } from '../../engine/runtime/memory/process-memory.ts'
import { sessionMaker, type SessionMemory } from '../../engine/runtime/session-maker.ts'
import { sizeOf, type NdArray, type Shape } from '../../engine/tensor/nd-array.ts'
import { regionLayers } from '../../engine/losses/region-layers.ts'

const tokens = 77
/** Words of the left and the right half of the picture. */
const regionTokens = [2, 5]

/** Numbers that the peer makes alike: 1.2 · sin(1.7 i). */
const scattered = (shape: Shape): NdArray => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => 1.2 * Math.sin(1.7 * i)),
})

const madeOf = (shape: Shape, value: (indices: readonly number[]) => number): NdArray => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => value(indicesOf(i, shape))),
})

/** Position of each axis of the i-th element. */
const indicesOf = (i: number, shape: Shape): readonly number[] => {
  const indices: number[] = []
  let rest = i
  for (const side of shape.toReversed()) {
    indices.unshift(rest % side)
    rest = Math.floor(rest / side)
  }
  return indices
}

const feedOf = (name: string, shape: Shape): NdArray => {
  switch (name) {
    case 'timestep':
      return madeOf(shape, () => 500)
    case 'masks':
      return madeOf(shape, ([region = 0, , column = 0]) => (column < (shape[2] ?? 0) / 2 === (region === 0) ? 1 : 0))
    case 'region_tokens':
      return madeOf(shape, ([region = 0, token]) => (token === regionTokens[region] ? 1 : 0))
    case 'strengths':
      return madeOf(shape, () => 1)
    default:
      return scattered(shape)
  }
}

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20)
const print = (answer: object): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

const [mode = '', folder = '', side = ''] = process.argv.slice(2)
const { config, weights } = await openComponent(join(folder, 'unet'), readUnetConfig)
const latents = { height: Number(side) / 8, width: Number(side) / 8 }
const plain = (): Graph => unetGraph(weights, config, { batch: 1, ...latents, tokens })
const steered = attendForms(plain, { ...plainFeatures, regions: regionTokens.length })
const kept = mode === 'plain' ? plain : mode === 'kept' ? steered.kept : (steered.recomputed ?? plain)
let [graph, memory] = [undefined as Graph | undefined, undefined as SessionMemory | undefined] // of the one session
const session = await sessionMaker({
  device: cpuDevice,
  budget: { availableBytes: () => Infinity, wholeBytes: () => Infinity },
  isBig: true,
  partFlops: Infinity,
  onMemory: (measured) => (memory = measured),
})({
  kind: 'unet',
  forms: { kept: () => (graph = kept()) },
  alive: 0,
  makeRoom: () => Promise.resolve(false),
  forget: () => Promise.resolve(),
})
const { nowBytes, peakBytes, forgetPeak } = processMemory()
const createdBytes = nowBytes()
const feeds = Object.fromEntries([...(graph?.inputs ?? [])].map(([name, { shape }]) => [name, feedOf(name, shape)]))
forgetPeak()
const outputs = await session.run({ ...feeds, ...zeroFeed() }) // warm: buffers are allocated by the first run
print({
  createdMiB: mebibytes(createdBytes),
  firstRunMiB: mebibytes(peakBytes() - createdBytes),
  predictedMiB: mebibytes(memory?.predictedBytes ?? 0),
  measuredMiB: mebibytes(memory?.measuredBytes ?? 0),
  layers: regionLayers(attentionLayers(plain())).map(({ key }) => key),
  loss: outputs['loss']?.data[0],
  gradient: [...(outputs['grad.sample']?.data ?? [])],
})
for await (const _ of createInterface({ input: process.stdin })) {
  forgetPeak()
  const begin = performance.now()
  await session.run({ ...feeds, ...zeroFeed() })
  print({ seconds: (performance.now() - begin) / 1000, aboveCreatedMiB: mebibytes(peakBytes() - createdBytes) })
}
process.exit(0)
