import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cosine } from '../reference/cosine.ts'
import type { Benchmark } from './benchmark.ts'
import { prepareModel } from './network-cases.ts'
import { findPython } from './python-peer.ts'
import { median } from './quantile.ts'
import { startSleeper, type SleepingProcess } from './sleeping-process.ts'
import { takeTurns } from './take-turns.ts'

/** Seconds as shares of the plain pass beside them; memory above what was resident once the session was made. */
const bars = {
  kept: { shareOfPlain: 3.2, aboveCreatedGiB: 6 },
  recomputed: { shareOfPlain: 4.5, aboveCreatedGiB: 1.5 },
  createdShareOfWeights: 2.1,
} as const

type Mode = keyof Omit<typeof bars, 'createdShareOfWeights'>
const modes = ['kept', 'recomputed'] as const satisfies readonly Mode[]

/** What gradient-step.ts and gradient_peer.py print. */
interface Loaded {
  readonly createdMiB: number
  readonly firstRunMiB: number
  readonly predictedMiB?: number
  readonly measuredMiB?: number
  readonly layers?: readonly string[]
  readonly loss: number
  readonly gradient: readonly number[]
  readonly versions?: object
}

interface Turn {
  readonly seconds: number
  readonly aboveCreatedMiB: number
}

interface Request {
  readonly parts: readonly string[]
  readonly rounds: number
  readonly sides: readonly number[]
}

/** `--only speed,torch,pixels` (all), `--rounds 5`, `--sides 256,384,512,640`: pictures of the table of memory. */
const parseRequest = (parameters: readonly string[]): Request => {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      only: { type: 'string', default: 'speed,torch,pixels' },
      rounds: { type: 'string', default: '5' },
      sides: { type: 'string', default: '256,384,512,640' },
    },
  })
  return {
    parts: values.only.split(','),
    rounds: Number(values.rounds),
    sides: values.sides.split(',').map(Number),
  }
}

interface Model {
  readonly folder: string
  readonly weightBytes: number
}

const side = 512

const start = (mode: 'plain' | Mode, { folder }: Model, pixels = side): Promise<SleepingProcess> => {
  console.error(`  loading ${mode} at ${pixels}`)
  return startSleeper(process.execPath, [join(import.meta.dirname, 'gradient-step.ts'), mode, folder, `${pixels}`])
}

/** Threads of a runtime look for work a while longer before they sleep, torch's for 200 ms. */
const untilThreadsSleepMs = 300

/** Loads contenders beside each other, lets them take turns and ends them. */
const measureTogether = async (
  starts: Readonly<Record<string, () => Promise<SleepingProcess>>>,
  rounds: number,
): Promise<Readonly<Record<string, Measured>>> => {
  const sleepers: [string, SleepingProcess][] = []
  try {
    for (const [name, begin] of Object.entries(starts)) sleepers.push([name, await begin()])
    const turns = await takeTurns(
      sleepers.map(([name, sleeper]) => ({
        name,
        once: async () => {
          await sleep(untilThreadsSleepMs)
          return [(await sleeper.runOnce()) as Turn] // what both programs print
        },
      })),
      rounds,
    )
    return Object.fromEntries(
      // What both programs print when they are loaded.
      sleepers.map(([name, { loaded }]) => [name, { loaded: loaded as Loaded, turns: turns.get(name) ?? [] }]),
    )
  } finally {
    for (const [, sleeper] of sleepers) await sleeper.close()
  }
}

interface Measured {
  readonly loaded: Loaded
  readonly turns: readonly Turn[]
}

const secondsOf = ({ turns }: Measured): number => median(turns.map(({ seconds }) => seconds))

const summarize = (measured: Measured, plain: Measured, { weightBytes }: Model): object => ({
  seconds: secondsOf(measured),
  plainSecondsBeside: secondsOf(plain),
  shareOfPlain: secondsOf(measured) / secondsOf(plain),
  createdMiB: measured.loaded.createdMiB,
  createdShareOfWeights: (measured.loaded.createdMiB * 2 ** 20) / weightBytes,
  aboveCreatedMiB: Math.max(measured.loaded.firstRunMiB, ...measured.turns.map((turn) => turn.aboveCreatedMiB)),
  predictedMiB: measured.loaded.predictedMiB,
  measuredMiB: measured.loaded.measuredMiB,
})

const measureSpeed = async (model: Model, rounds: number): Promise<Readonly<Record<Mode, object>>> => {
  const results: Partial<Record<Mode, object>> = {}
  for (const mode of modes) {
    const both = await measureTogether({ plain: () => start('plain', model), [mode]: () => start(mode, model) }, rounds)
    const [plain, steered] = [both['plain'], both[mode]]
    if (plain !== undefined && steered !== undefined) results[mode] = summarize(steered, plain, model)
  }
  return results as Readonly<Record<Mode, object>> // filled for every mode
}

/** Ours with kept activations beside torch autograd, and how far both gradients agree. */
const measureTorch = async (model: Model, rounds: number): Promise<object> => {
  const python = await findPython(['torch', 'diffusers', 'safetensors'])
  if (python === undefined) return { torch: 'no Python with torch and diffusers at hand (PYTHON=...)' }
  const script = join(import.meta.dirname, 'peer', 'gradient_peer.py')
  const ours = await start('kept', model)
  const layers = (ours.loaded as Loaded).layers ?? [] // what gradient-step.ts prints
  const peer = (mode: string) => (): Promise<SleepingProcess> => {
    console.error(`  loading torch ${mode}`)
    return startSleeper(python, [script, mode, model.folder, `${side}`, `${availableParallelism()}`, layers.join(',')])
  }
  const both = await measureTogether({ attune: () => Promise.resolve(ours), torch: peer('gradient') }, rounds)
  const alone = await measureTogether({ plain: peer('plain') }, rounds)
  const [attune, torch, plain] = [both['attune'], both['torch'], alone['plain']]
  if (attune === undefined || torch === undefined || plain === undefined) return {}
  return {
    attuneSeconds: secondsOf(attune),
    torch: { ...summarize(torch, plain, model), versions: torch.loaded.versions },
    attuneShareOfTorch: secondsOf(attune) / secondsOf(torch),
    lossDifference: Math.abs(attune.loaded.loss - torch.loaded.loss) / Math.abs(torch.loaded.loss),
    gradientCosine: cosine(Float32Array.from(attune.loaded.gradient), Float32Array.from(torch.loaded.gradient)),
  }
}

/** Memory above the session against the pixels of the picture. */
const measurePixels = async (model: Model, sides: readonly number[]): Promise<readonly object[]> => {
  const rows: object[] = []
  for (const pixels of sides) {
    const row: Record<string, number> = { side: pixels, pixels: pixels * pixels }
    for (const mode of modes) {
      const sleeper = await start(mode, model, pixels)
      const { firstRunMiB, predictedMiB = 0, measuredMiB = 0 } = sleeper.loaded as Loaded // what gradient-step.ts prints
      await sleeper.close()
      Object.assign(row, { [`${mode}MiB`]: firstRunMiB, [`${mode}PredictedShare`]: predictedMiB / measuredMiB })
    }
    rows.push(row)
  }
  return rows
}

async function measure(parameters: readonly string[]): Promise<object> {
  const { parts, rounds, sides } = parseRequest(parameters)
  const model = await prepareModel({ model: 'sd15', network: 'unet', side })
  return {
    bars,
    rounds,
    ...(parts.includes('speed') && { speed: await measureSpeed(model, rounds) }),
    ...(parts.includes('torch') && { torch: await measureTorch(model, rounds) }),
    ...(parts.includes('pixels') && { memoryAgainstPixels: await measurePixels(model, sides) }),
  }
}

export const benchmark: Benchmark = {
  about: 'a step with the gradient of the region loss against a plain one, and against torch autograd',
  measure,
}
