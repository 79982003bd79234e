import { setTimeout as sleep } from 'node:timers/promises'
import { relativeError } from '../reference/relative-error.ts'
import type { NetworkContender } from './network-contenders.ts'
import { median, quantile } from './quantile.ts'
import { startSleeper, type SleepingProcess } from './sleeping-process.ts'
import { takeTurns } from './take-turns.ts'

/** What a contender prints once it is loaded and has run once. */
export interface Loaded {
  readonly loadSeconds: number
  /** Most memory resident while it loaded. */
  readonly loadPeakMiB: number
  /** The same until it had run once, when it holds its activations too. */
  readonly firstRunPeakMiB: number
  /** Some elements of its output. */
  readonly sample: readonly number[]
  /** Of one run as the network is defined; ours only. */
  readonly flops?: number
  readonly versions?: Readonly<Record<string, string>>
}

interface Turn {
  readonly seconds: number
  readonly peakMiB: number
}

/** Contenders that slept beside each other: what each said when loaded, and its turns. */
export type Measured = ReadonlyMap<string, { readonly loaded: Loaded; readonly turns: readonly Turn[] }>

/** Threads of a runtime look for work a while longer before they sleep, torch's for 200 ms. */
const untilThreadsSleepMs = 300

/** Loads every contender, one after another, then lets them take turns. */
export async function measureTogether(contenders: readonly NetworkContender[], rounds: number): Promise<Measured> {
  const sleepers = new Map<string, SleepingProcess>()
  try {
    for (const { name, command, parameters, environment } of contenders) {
      console.error(`  loading ${name}`)
      sleepers.set(name, await startSleeper(command, parameters, environment))
    }
    const turns = await takeTurns(
      [...sleepers].map(([name, sleeper]) => ({ name, once: () => takeTurn(sleeper) })),
      rounds,
    )
    return new Map(
      [...sleepers].map(([name, { loaded }]) => [name, { loaded: loaded as Loaded, turns: turns.get(name) ?? [] }]), // what the contenders print
    )
  } finally {
    for (const sleeper of sleepers.values()) await sleeper.close()
  }
}

const takeTurn = async (sleeper: SleepingProcess): Promise<readonly Turn[]> => {
  await sleep(untilThreadsSleepMs)
  return [(await sleeper.runOnce()) as Turn] // what the contenders print after a run
}

const bars = { shareOfDiffusers: 0.55, shareOfOpenvino: 1.15, shareOfMatmulRate: 0.55, loadPeakShareOfWeights: 2.2 }

/** Medians of every contender, each peer compared with our turns beside it, and the bars. */
export function summarizeNetwork(measured: readonly Measured[], weightBytes: number): object {
  const ours = measured.flatMap((group) => group.get('attune') ?? [])
  const flops = ours[0]?.loaded.flops ?? 0
  const rates = measured.map((group) => flops / secondsOf(group, 'attune'))
  const products = measured.map((group) => (group.get('matmul')?.loaded.flops ?? 0) / secondsOf(group, 'matmul'))
  const loadPeakMiB = Math.max(...ours.map(({ loaded }) => loaded.loadPeakMiB))
  const firstRunPeakMiB = Math.max(...ours.map(({ loaded }) => loaded.firstRunPeakMiB))
  return {
    bars,
    attune: {
      ...summarizeTurns(ours.flatMap(({ turns }) => turns)),
      loadPeakMiB,
      firstRunPeakMiB,
      gigaflops: median(rates) / 1e9,
    },
    matmulGigaflops: median(products) / 1e9,
    shareOfMatmulRate: median(rates.map((rate, i) => rate / (products[i] ?? NaN))),
    loadPeakShareOfWeights: (loadPeakMiB * 2 ** 20) / weightBytes,
    peers: Object.fromEntries(measured.flatMap(summarizePeers)),
  }
}

const secondsOf = (group: Measured, name: string): number =>
  median((group.get(name)?.turns ?? []).map(({ seconds }) => seconds))

const summarizePeers = (group: Measured): readonly (readonly [string, object])[] =>
  [...group]
    .filter(([name]) => name !== 'attune' && name !== 'matmul')
    .map(([name, { loaded, turns }]) => [
      name,
      {
        ...summarizeTurns(turns),
        loadPeakMiB: loaded.loadPeakMiB,
        firstRunPeakMiB: loaded.firstRunPeakMiB,
        attuneSecondsBeside: secondsOf(group, 'attune'),
        attuneShare: secondsOf(group, 'attune') / secondsOf(group, name),
        // In float32 both must have computed the same; in bfloat16 this says what that costs.
        relativeDifference: relativeError(group.get('attune')?.loaded.sample ?? [], loaded.sample),
        versions: loaded.versions,
      },
    ])

const summarizeTurns = (turns: readonly Turn[]): object => {
  const seconds = turns.map((turn) => turn.seconds)
  return {
    seconds: median(seconds),
    secondsFrom10To90Percent: [quantile(seconds, 0.1), quantile(seconds, 0.9)],
    peakMiB: Math.max(...turns.map(({ peakMiB }) => peakMiB)),
  }
}
