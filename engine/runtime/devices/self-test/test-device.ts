import { type LoweringTarget, type WritableForm, writableForms } from '../../../graph/lower/lowering.ts'
import { uncheckedTarget, type DeviceName } from '../device.ts'
import type { RowOutcome } from './compare-row.ts'
import type { SelfTestRow } from './row.ts'

/** How much the outputs of float32 kernels may differ from the CPU's: sums in another order, and faster functions. */
export const selfTestBar = 2e-4

/** What a device turned out to be good for. */
export type Finding =
  /** Used, with everything in `switchedOff` written out. */
  | {
      readonly kind: 'right'
      readonly target: LoweringTarget
      readonly switchedOff: readonly Fault[]
      /** How many times as fast as the CPU on a block of SD 1.5. */
      readonly speed: number | null
    }
  /** Not used: it computes wrong numbers. */
  | { readonly kind: 'wrong'; readonly faults: readonly Fault[] }
  /** Not used: it cannot be started, such as without an adapter or a library. */
  | { readonly kind: 'absent'; readonly reason: string }

/** What was wrong in which row. */
export interface Fault {
  readonly row: string
  /** Relative error against the CPU, or why there is none. */
  readonly error: number | null
  readonly reason: string | null
}

export interface SelfTest {
  readonly device: DeviceName
  /** The first says whether the device is there at all. */
  readonly rows: readonly SelfTestRow[]
  readonly attentionRows: readonly SelfTestRow[]
  readonly networkRows: readonly SelfTestRow[]
  readonly speedRow: SelfTestRow
  readonly compare: (row: SelfTestRow, target: LoweringTarget) => Promise<RowOutcome>
  /**
   * Told before each row, so that somebody who watches knows over which one the process died; `settled` is what holds
   * from there on if it does.
   */
  readonly onRow: (row: string, settled: Finding | null) => void
}

/**
 * Holds every operator, the bundled networks and a whole block against the CPU. First with plain forms, then with the
 * fused attention: what is wrong in a fused kernel switches off that kernel, what is wrong without one the device.
 */
export const testDevice = async (test: SelfTest): Promise<Finding> => {
  const plain = await testPlainForms(test)
  if (plain.kind !== 'right') return plain
  return testFusedAttention(test, plain)
}

const testPlainForms = async (test: SelfTest): Promise<Finding> => {
  const unchecked: LoweringTarget = { ...uncheckedTarget(test.device), fusedAttention: false }
  const [first, ...rest] = test.rows
  const start = first === undefined ? undefined : await ask(test, first, unchecked, null)
  if (start?.kind === 'failed') return { kind: 'absent', reason: start.reason }
  let target = unchecked
  const switchedOff: Fault[] = []
  const faults: Fault[] = []
  const small = [...(first === undefined ? [] : [first]), ...rest, ...test.attentionRows]
  for (const row of small) {
    const fault = await faultOf(test, row, target)
    if (fault === undefined) continue
    const form = writableForms.find((name) => name === row.form)
    const without = form === undefined ? undefined : withWrittenOut(target, form)
    if (without === undefined || (await faultOf(test, row, without)) !== undefined) faults.push(fault)
    else {
      target = without
      switchedOff.push(fault)
    }
  }
  if (faults.length > 0) return { kind: 'wrong', faults }
  for (const row of test.networkRows) {
    const fault = await faultOf(test, row, target)
    if (fault !== undefined) return { kind: 'wrong', faults: [fault] }
  }
  const { fault, speed } = await timed(test, target, null)
  return fault === undefined ? { kind: 'right', target, switchedOff, speed } : { kind: 'wrong', faults: [fault] }
}

/** The fused attention is used where every row, the network and the block agree with it. */
const testFusedAttention = async (
  test: SelfTest,
  plain: Extract<Finding, { kind: 'right' }>,
): Promise<Extract<Finding, { kind: 'right' }>> => {
  const target = { ...plain.target, fusedAttention: true }
  for (const row of [...test.attentionRows, ...test.networkRows.filter(({ name }) => name === 'network unet')]) {
    const outcome = await ask(test, row, target, plain)
    const fault = faultIn(row, outcome)
    if (fault !== undefined) return { ...plain, switchedOff: [...plain.switchedOff, named('fused', fault)] }
    if (outcome.kind === 'no-kernel') return plain
  }
  const { fault, speed } = await timed(test, target, plain)
  if (fault !== undefined) return { ...plain, switchedOff: [...plain.switchedOff, named('fused', fault)] }
  // A fused kernel that takes longer than the plain one is not worth having.
  const isFaster = speed !== null && (plain.speed === null || speed >= plain.speed)
  return isFaster ? { ...plain, target, speed } : plain
}

const named = (what: string, fault: Fault): Fault => ({ ...fault, row: `${what} ${fault.row}` })

const withWrittenOut = (target: LoweringTarget, form: WritableForm): LoweringTarget => ({
  ...target,
  writtenOut: [...(target.writtenOut ?? []), form],
})

const ask = (
  { compare, onRow }: SelfTest,
  row: SelfTestRow,
  target: LoweringTarget,
  settled: Finding | null,
): Promise<RowOutcome> => {
  onRow(row.name, settled)
  return compare(row, target)
}

const faultOf = async (test: SelfTest, row: SelfTestRow, target: LoweringTarget): Promise<Fault | undefined> =>
  faultIn(row, await ask(test, row, target, null))

const timed = async (
  test: SelfTest,
  target: LoweringTarget,
  settled: Finding | null,
): Promise<{ readonly fault: Fault | undefined; readonly speed: number | null }> => {
  const outcome = await ask(test, test.speedRow, target, settled)
  const speed = outcome.kind === 'computed' ? outcome.cpuMs / outcome.deviceMs : null
  return { fault: faultIn(test.speedRow, outcome), speed }
}

/** An operator without a kernel is slow and not wrong: ONNX Runtime runs it on the CPU. */
const faultIn = ({ name }: SelfTestRow, outcome: RowOutcome): Fault | undefined => {
  if (outcome.kind === 'no-kernel') return undefined
  if (outcome.kind === 'failed') return { row: name, error: null, reason: outcome.reason }
  if (!Number.isFinite(outcome.error)) return { row: name, error: null, reason: 'it gives numbers that are none' }
  return outcome.error <= selfTestBar ? undefined : { row: name, error: outcome.error, reason: null }
}
