import type { DeviceChoice, DeviceList, DeviceName, DeviceReport } from '../../contract/device-records.ts'
import { chooseDevice, type CheckedDevice, type Choice } from '../../runtime/devices/choose-device.ts'
import type { Adapter } from '../../runtime/devices/identify-adapter.ts'
import type { PresentDevice } from '../../runtime/devices/present-devices.ts'
import type { Finding } from '../../runtime/devices/self-test/test-device.ts'
import { holdsFor, type DeviceVerdict, type DeviceVerdicts, type VerdictKey } from './device-verdicts.ts'

interface ShelfParts {
  readonly verdicts: DeviceVerdicts
  readonly present: () => readonly PresentDevice[]
  readonly identify: () => Promise<Adapter>
  readonly runtimeVersion: () => string
  readonly loweringVersion: number
  readonly now: () => number
}

/** The devices of this machine with what was found out about them. */
export class DeviceShelf {
  readonly #parts: ShelfParts
  #key: Promise<VerdictKey> | undefined

  constructor(parts: ShelfParts) {
    this.#parts = parts
  }

  /** Where the next picture runs. On the CPU the system is not even asked for its adapters. */
  async choose(choice: DeviceChoice): Promise<Choice> {
    if (choice === 'cpu') return chooseDevice('cpu', [])
    const known = await this.#parts.verdicts.all()
    if (choice === 'automatic' && Object.keys(known).length === 0) return chooseDevice('automatic', [])
    return chooseDevice(
      choice,
      (await this.#checked()).map(({ checked }) => checked),
    )
  }

  async list(choice: DeviceChoice): Promise<DeviceList> {
    const all = await this.#checked()
    const { device } = chooseDevice(
      choice,
      all.map(({ checked }) => checked),
    )
    const cpu: DeviceReport = { ...unchecked, name: 'cpu', adapter: '', state: 'right', speed: 1 }
    return { choice, used: device.name, devices: [...all.map(reportOf), cpu] }
  }

  async keep(device: DeviceName, finding: Finding): Promise<void> {
    const isBundled = this.#parts.present().some((present) => present.name === device && present.isBundled)
    const key = keyFor(await this.#keyNow(), isBundled)
    await this.#parts.verdicts.keep(device, { ...key, checkedAtMs: this.#parts.now(), finding })
  }

  /** Forgets what a check found: the device has to pass another one before it is used again. */
  forget(device: DeviceName): Promise<void> {
    return this.#parts.verdicts.forget(device)
  }

  async #checked(): Promise<readonly Checked[]> {
    const [key, known] = await Promise.all([this.#keyNow(), this.#parts.verdicts.all()])
    return this.#parts.present().map(({ name, isBundled }) => {
      const verdict = known[name]
      const isKnown = verdict !== undefined && holdsFor(verdict, keyFor(key, isBundled))
      return {
        checked: { name, adapter: key.adapter, finding: isKnown ? verdict.finding : null },
        verdict: isKnown ? verdict : undefined,
      }
    })
  }

  /** Adapters do not change while a process runs. */
  #keyNow(): Promise<VerdictKey> {
    const { identify, runtimeVersion, loweringVersion } = this.#parts
    this.#key ??= identify().then(({ name, driver }) => ({
      adapter: name.slice(0, 500),
      driver,
      runtime: runtimeVersion(),
      lowering: loweringVersion,
    }))
    return this.#key
  }
}

/** A library that has been fetched since is as good as another version. */
const keyFor = (key: VerdictKey, isBundled: boolean): VerdictKey => ({
  ...key,
  runtime: isBundled ? key.runtime : `${key.runtime} without its library`,
})

interface Checked {
  readonly checked: CheckedDevice
  readonly verdict: DeviceVerdict | undefined
}

const unchecked = { state: 'unchecked', speed: null, reason: null, faults: [], checkedAtMs: null } as const

const reportOf = ({ checked: { name, adapter, finding }, verdict }: Checked): DeviceReport => {
  const base: DeviceReport = { ...unchecked, name, adapter, checkedAtMs: verdict?.checkedAtMs ?? null }
  switch (finding?.kind) {
    case undefined:
      return base
    case 'right':
      return { ...base, state: 'right', speed: finding.speed, faults: finding.switchedOff }
    case 'wrong':
      return { ...base, state: 'wrong', faults: finding.faults }
    case 'absent':
      return { ...base, state: 'absent', reason: finding.reason }
  }
}
