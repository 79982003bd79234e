/**
 * One contender of the benchmark `unet`, a process of its own: `network-step.ts NETWORK FOLDER SIDE` loads a network as
 * the studio does, `network-step.ts matmul` one 2048 x 2048 x 2048 product. Prints a line of JSON, then one for each line read.
 */
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { openComponent } from '../../engine/checkpoint/component-files.ts'
import { readAutoencoderConfig } from '../../engine/checkpoint/config/autoencoder-config.ts'
import { readUnetConfig } from '../../engine/checkpoint/config/unet-config.ts'
import { makeGraph, topologicalOrder, type Graph } from '../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../engine/graph/lower/lower.ts'
import { input, matmul } from '../../engine/graph/ops.ts'
import { unetGraph } from '../../engine/networks/unet/unet-graph.ts'
import { cpuDevice } from '../../engine/runtime/devices/device.ts'
import type { SessionKind } from '../../engine/runtime/load-session.ts'
import { systemBudget } from '../../engine/runtime/memory/memory-budget.ts'
import { flopsOf } from '../../engine/runtime/parts/count-flops.ts'
import { largestPartFlops } from '../../engine/runtime/parts/largest-part-flops.ts'
import { sessionMaker } from '../../engine/runtime/session-maker.ts'
import { createSession, type Session } from '../../engine/runtime/session.ts'
import { decoderRunner } from '../../engine/runtime/vae-runner.ts'
import { sizeOf, type NdArray, type Shape } from '../../engine/tensor/nd-array.ts'

interface Step {
  /** Most memory resident until the session was there, before it ran. */
  readonly loadPeakMiB: number
  readonly run: () => Promise<NdArray>
  /** Multiplications and additions of its convolutions, products and attention as the network is defined. */
  readonly flops: number
}

const tokens = 77
const productSide = 2048

/** Numbers that a peer makes alike: 1.2 · sin(1.7 i). */
const scattered = (shape: Shape): NdArray => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => 1.2 * Math.sin(1.7 * i)),
})

const filled = (shape: Shape, value: number): NdArray => ({ shape, data: new Float32Array(sizeOf(shape)).fill(value) })

const multiplying = new Set(['conv', 'gemm', 'matmul', 'multiHeadAttention'])

const definedFlops = (graph: Graph): number =>
  topologicalOrder([...lower({ ...cpuTarget, foldsWeights: false })(graph).outputs.values()])
    .filter(({ op }) => multiplying.has(op))
    .reduce((sum, value) => sum + flopsOf(value), 0)

/** As the studio's worker makes it. */
const makeSession = (kind: SessionKind, graph: Graph): Promise<Session> =>
  sessionMaker({ device: cpuDevice, budget: systemBudget(), isBig: true, partFlops: largestPartFlops() })({
    kind,
    forms: { kept: () => graph },
    alive: 0,
    makeRoom: () => Promise.resolve(false),
    forget: () => Promise.resolve(),
  })

async function unetStep(folder: string, side: number): Promise<Step> {
  const { config, weights } = await openComponent(join(folder, 'unet'), readUnetConfig)
  const graph = unetGraph(weights, config, { batch: 1, height: side / 8, width: side / 8, tokens })
  const session = await makeSession('unet', graph)
  const feeds = Object.fromEntries(
    [...graph.inputs].map(([name, { shape }]) => {
      if (name === 'timestep') return [name, filled(shape, 500)]
      return [name, name === 'time_ids' ? filled(shape, side) : scattered(shape)]
    }),
  )
  const loadPeakMiB = peakMiB()
  return { loadPeakMiB, run: async () => onlyOutput(await session.run(feeds)), flops: definedFlops(graph) }
}

async function decoderStep(folder: string, side: number): Promise<Step> {
  const files = await openComponent(join(folder, 'vae'), readAutoencoderConfig)
  let [session, flops, loadPeakMiB] = [undefined as Session | undefined, 0, 0] // of the one size that is decoded
  const decode = decoderRunner(files, (kind, _, forms) => ({
    run: async (feeds, options) => {
      if (session !== undefined) return session.run(feeds(), options)
      const graph = forms.kept()
      flops = definedFlops(graph)
      session = await makeSession(kind, graph)
      loadPeakMiB = peakMiB()
      return session.run(feeds(), options)
    },
  }))
  const latents = scattered([1, files.config.latent_channels, side / 8, side / 8])
  await decode(latents)
  return { loadPeakMiB, run: () => decode(latents), flops }
}

async function productStep(): Promise<Step> {
  const shape = [productSide, productSide]
  const graph = makeGraph('product', { product: matmul(input('a', shape), input('b', shape)) })
  const session = await createSession(lower(cpuTarget)(graph))
  const feeds = { a: scattered(shape), b: scattered(shape) }
  return { loadPeakMiB: peakMiB(), run: async () => onlyOutput(await session.run(feeds)), flops: 2 * productSide ** 3 }
}

const onlyOutput = (outputs: Readonly<Record<string, NdArray>>): NdArray => {
  const [output] = Object.values(outputs)
  if (output === undefined) throw new RangeError('bench: a run without an output')
  return output
}

/** Every so many elements, to compare with what peers compute. */
const sampleOf = ({ data }: NdArray): readonly number[] => {
  const count = 64
  return Array.from({ length: count }, (_, i) => Number(data[Math.floor((i * data.length) / count)]))
}

const peakMiB = (): number => Math.round(process.resourceUsage().maxRSS / 1024)

const print = (answer: object): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

const [network = '', folder = '', side = ''] = process.argv.slice(2)
const start = performance.now()
const step =
  network === 'matmul' ? await productStep() : await (network === 'vae' ? decoderStep : unetStep)(folder, Number(side))
const output = await step.run() // warm: buffers are allocated by the first run
print({
  loadSeconds: (performance.now() - start) / 1000,
  loadPeakMiB: step.loadPeakMiB,
  firstRunPeakMiB: peakMiB(),
  flops: step.flops,
  sample: sampleOf(output),
})
for await (const _ of createInterface({ input: process.stdin })) {
  const begin = performance.now()
  await step.run()
  print({ seconds: (performance.now() - begin) / 1000, peakMiB: peakMiB() })
}
process.exit(0)
