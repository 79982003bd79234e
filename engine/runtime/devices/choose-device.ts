import { cpuDevice, type Device, type DeviceName } from './device.ts'
import type { Finding } from './self-test/test-device.ts'

/** A device and what its check found; null before the check. */
export interface CheckedDevice {
  readonly name: DeviceName
  /** For people, such as `NVIDIA GeForce RTX 4090`; may be empty. */
  readonly adapter: string
  readonly finding: Finding | null
}

export interface Choice {
  readonly device: Device
  /** Why it is not the device that was asked for. */
  readonly refusal: 'unchecked' | 'wrong' | 'absent' | 'unknown' | null
}

/**
 * Where to run: the device asked for when it passed its check; for `automatic` the fastest that passed and is faster
 * than the CPU, the first of equals. In every other case the CPU.
 *
 * @param devices  in the order of preference
 */
export const chooseDevice = (choice: DeviceName | 'automatic', devices: readonly CheckedDevice[]): Choice => {
  const onCpu = (refusal: Choice['refusal']): Choice => ({ device: cpuDevice, refusal })
  if (choice === 'cpu') return onCpu(null)
  if (choice !== 'automatic') {
    const asked = devices.find(({ name }) => name === choice)
    if (asked === undefined) return onCpu('unknown')
    const { finding } = asked
    if (finding?.kind === 'right') return { device: deviceOf(asked, finding), refusal: null }
    return onCpu(finding?.kind ?? 'unchecked')
  }
  let fastest: { readonly device: Device; readonly speed: number } | undefined
  for (const checked of devices) {
    const { finding } = checked
    const speed = finding?.kind === 'right' ? (finding.speed ?? 0) : 0
    if (finding?.kind === 'right' && speed > (fastest?.speed ?? 1))
      fastest = { device: deviceOf(checked, finding), speed }
  }
  return { device: fastest?.device ?? cpuDevice, refusal: null }
}

/** Recipes take labels of 200 characters. */
const deviceOf = ({ name, adapter }: CheckedDevice, { target }: Extract<Finding, { kind: 'right' }>): Device => ({
  name,
  label: (adapter === '' ? name : `${name}: ${adapter}`).slice(0, 200),
  target,
})
