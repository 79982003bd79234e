/**
 * Creates one session in a process of its own, as the worker does, and runs it twice:
 * `session-memory-process.ts FOLDER CASE` sends what it was reckoned to take and what it took.
 */
import { join } from 'node:path'
import { openComponent } from '../../../../engine/checkpoint/component-files.ts'
import { readAutoencoderConfig } from '../../../../engine/checkpoint/config/autoencoder-config.ts'
import { readClipTextConfig } from '../../../../engine/checkpoint/config/clip-config.ts'
import { readUnetConfig } from '../../../../engine/checkpoint/config/unet-config.ts'
import type { Graph } from '../../../../engine/graph/graph.ts'
import { makeGraph } from '../../../../engine/graph/graph.ts'
import { add, input } from '../../../../engine/graph/ops.ts'
import { attachLora, loraModules } from '../../../../engine/networks/attach-lora.ts'
import { clipTextGraph } from '../../../../engine/networks/clip/clip-text-graph.ts'
import { unetGraph } from '../../../../engine/networks/unet/unet-graph.ts'
import { vaeDecoderGraph, vaeEncoderGraph } from '../../../../engine/networks/vae/vae-graphs.ts'
import { attendForms, plainFeatures, type Features } from '../../../../engine/runtime/attend-runner.ts'
import { cpuDevice } from '../../../../engine/runtime/devices/device.ts'
import type { GraphForms, SessionKind } from '../../../../engine/runtime/load-session.ts'
import { largestPartFlops } from '../../../../engine/runtime/parts/largest-part-flops.ts'
import { processMemory } from '../../../../engine/runtime/memory/process-memory.ts'
import { sessionMaker, type SessionMemory } from '../../../../engine/runtime/session-maker.ts'
import { createSession } from '../../../../engine/runtime/session.ts'
import { sizeOf, type Elements, type NdArray } from '../../../../engine/tensor/nd-array.ts'

/** What a case came to; peaks are bytes above what the process held before. */
export interface SessionMemoryReport {
  readonly memory: SessionMemory
  /** Of both runs; `memory.measuredBytes` is that of loading and the first. */
  readonly bothRunsBytes: number
}

interface Case {
  readonly kind: SessionKind
  readonly forms: GraphForms
  /** Sessions of the kind that are taken to be loaded already: a second big network is mapped. */
  readonly alive: number
  readonly availableBytes?: number
}

const plenty = 1e12

const [folder = '', caseName = ''] = process.argv.slice(2)

const unetCase = async (
  name: string,
  {
    alive = 0,
    side = 64,
    change = (graph: Graph) => graph,
    features,
  }: {
    readonly alive?: number
    readonly side?: number
    readonly change?: (graph: Graph) => Graph
    readonly features?: Partial<Features>
  },
): Promise<Case> => {
  const { config, weights } = await openComponent(join(folder, name), readUnetConfig)
  const plain = (): Graph => change(unetGraph(weights, config, { batch: 1, height: side, width: side, tokens: 77 }))
  const forms = features === undefined ? { kept: plain } : attendForms(plain, { ...plainFeatures, ...features })
  return { kind: 'unet', forms, alive }
}

const vaeCase = async (kind: 'vae-decoder' | 'vae-encoder', side: number, availableBytes = plenty): Promise<Case> => {
  const { config, weights } = await openComponent(join(folder, 'vae'), readAutoencoderConfig)
  const build = kind === 'vae-decoder' ? vaeDecoderGraph : vaeEncoderGraph
  return {
    kind,
    forms: { kept: () => build(weights, config, { batch: 1, height: side, width: side }) },
    alive: 0,
    availableBytes,
  }
}

const textCase = async (name: string): Promise<Case> => {
  const { config, weights } = await openComponent(join(folder, name), readClipTextConfig)
  const state = { layersFromEnd: 0, isNormed: true }
  return {
    kind: 'text',
    forms: { kept: () => clipTextGraph(weights, config, { batch: 1, tokens: 77 }, state) },
    alive: 0,
  }
}

const withLora = (graph: Graph): Graph =>
  attachLora({ rank: 16, modules: loraModules(graph, 'transformers').map(({ module }) => module) })(graph)

const cases: Readonly<Record<string, () => Promise<Case>>> = {
  'unet, copied': () => unetCase('sd1', {}),
  'unet in half precision, copied': () => unetCase('sd1-half', {}),
  'unet in half precision, mapped': () => unetCase('sd1-half', { alive: 1 }),
  'unet with LoRAs': () => unetCase('sd1', { change: withLora }),
  'unet with the gradient of regions': () => unetCase('sd1', { features: { regions: 2 } }),
  'unet mapped with the gradient of regions': () => unetCase('sd1', { alive: 1, features: { regions: 2 } }),
  'unet with what alignment reads': () => unetCase('sd1', { features: { wantsAlignment: true } }),
  'unet of SDXL in half precision': () => unetCase('sdxl-half', {}),
  // Where memory is no plenty, an autoencoder gives its own back after each part; only there it decides what fits.
  'vae decoder': () => vaeCase('vae-decoder', 384, 2e9),
  'vae encoder': () => vaeCase('vae-encoder', 384, 1e9),
  'text encoder': () => textCase('text'),
  'text encoder in half precision': () => textCase('text-half'),
}

/** Every input with small numbers, ids with 0. */
const feedsFor = (graph: Graph): Record<string, NdArray<Elements>> =>
  Object.fromEntries(
    [...graph.inputs].map(([name, { shape, dtype }]) => {
      const size = sizeOf(shape)
      const data = dtype === 'int64' ? new BigInt64Array(size) : new Float32Array(size).fill(name === 'zero' ? 0 : 0.5)
      return [name, { shape, data }]
    }),
  )

// What the runtime itself takes is there before the session that is measured.
const x = input('x', [1])
const first = await createSession(makeGraph('first', { y: add(x, x) }))
await first.run({ x: { shape: [1], data: new Float32Array(1) } })

const { kind, forms, alive, availableBytes = plenty } = (await cases[caseName]?.()) ?? fail()
const feeds = feedsFor(forms.kept())
const told: SessionMemory[] = []
const memory = processMemory()
memory.forgetPeak()
const before = memory.nowBytes() - process.memoryUsage().heapTotal
const session = await sessionMaker({
  device: cpuDevice,
  budget: { availableBytes: () => availableBytes, wholeBytes: () => availableBytes },
  isBig: true,
  partFlops: largestPartFlops(),
  onMemory: (one) => told.push(one),
})({ kind, forms, alive, makeRoom: () => Promise.resolve(false), forget: () => Promise.resolve() })
await session.run(feeds)
memory.forgetPeak()
await session.run(feeds)
const secondBytes = memory.peakBytes() - process.memoryUsage().heapTotal - before
const [report] = told
if (report === undefined) throw new Error('no memory was told')
const sent: SessionMemoryReport = { memory: report, bothRunsBytes: Math.max(report.measuredBytes, secondBytes) }
process.send?.(sent, () => {
  process.exit()
})

function fail(): never {
  throw new Error(`no case ${caseName}: one of ${Object.keys(cases).join('; ')}`)
}
