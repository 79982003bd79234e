import { EngineError } from '../../../contract/failures.ts'
import { cpuTarget, lower } from '../../../graph/lower/lower.ts'
import type { LoweringTarget } from '../../../graph/lower/lowering.ts'
import type { NdArray } from '../../../tensor/nd-array.ts'
import { createSession, type Session } from '../../session.ts'
import type { Device } from '../device.ts'
import type { BuiltRow, SelfTestRow } from './row.ts'

/** What came of one row on a device. */
export type RowOutcome =
  /** Computed; `error` is max|device − CPU| / max|CPU| over all outputs. */
  | { readonly kind: 'computed'; readonly error: number; readonly deviceMs: number; readonly cpuMs: number }
  /** The device has no kernel for an operator; ONNX Runtime would run that one on the CPU. */
  | { readonly kind: 'no-kernel' }
  /** No session, or no run. */
  | { readonly kind: 'failed'; readonly reason: string }

type Outputs = Readonly<Record<string, NdArray>>

/** Computes a row on the device, never on the CPU in its place, and on the CPU, and says how far apart they are. */
export const compareRow = async (
  row: SelfTestRow,
  { name, target }: Pick<Device, 'name' | 'target'>,
): Promise<RowOutcome> => {
  const built = { ...(await row.build()), isTimed: row.isTimed }
  let device: TimedRun
  try {
    device = await timedRun(built, target, name)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return isNoKernel(error) ? { kind: 'no-kernel' } : { kind: 'failed', reason: reasonOf(error) }
  }
  const cpu = await timedRun(built, cpuTarget, 'cpu')
  const errors = Object.entries(cpu.outputs).map(([output, expected]) => distance(device.outputs[output], expected))
  return { kind: 'computed', error: worst(errors), deviceMs: device.ms, cpuMs: cpu.ms }
}

interface TimedRun {
  readonly outputs: Outputs
  /** Of the last run; of the second where `isTimed`, since the first compiles and allocates. */
  readonly ms: number
}

const timedRun = async (
  { graph, feeds, isTimed = false }: BuiltRow & Pick<SelfTestRow, 'isTimed'>,
  target: LoweringTarget,
  provider: Device['name'],
): Promise<TimedRun> => {
  const lowered = lower(target)(graph)
  const session: Session = await createSession(lowered, {
    executionProviders: [provider],
    refuseFallback: provider !== 'cpu',
  })
  try {
    if (isTimed) await session.run(feeds)
    const started = performance.now()
    const outputs = await session.run(feeds)
    return { outputs, ms: performance.now() - started }
  } finally {
    await session.release()
  }
}

/** What ONNX Runtime says where `refuseFallback` met an operator without a kernel. */
const isNoKernel = ({ facts }: EngineError): boolean =>
  /fallback to CPU EP|NOT_IMPLEMENTED/i.test(String(facts['found']))

/** One line; ONNX Runtime names its source file and a condition before what happened. */
const reasonOf = ({ facts }: EngineError): string =>
  String(facts['found'])
    .replace(/\s+/g, ' ')
    .replace(/^.* was false\. /, '')
    .trim()
    .slice(0, 300)

const distance = (found: NdArray | undefined, expected: NdArray): number => {
  if (found?.data.length !== expected.data.length) return Infinity
  let [difference, largest] = [0, 0]
  for (const [i, value] of expected.data.entries()) {
    const apart = Math.abs((found.data[i] ?? NaN) - value)
    // Whatever is not a number on one side only is as wrong as can be.
    difference = Number.isNaN(apart) ? Infinity : Math.max(difference, apart)
    largest = Math.max(largest, Math.abs(value))
  }
  return largest === 0 ? difference : difference / largest
}

const worst = (errors: readonly number[]): number => errors.reduce((a, b) => Math.max(a, b), 0)
