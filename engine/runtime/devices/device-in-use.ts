import { EngineError } from '../../contract/failures.ts'
import { cpuDevice, type Device, type DeviceName } from './device.ts'

/** A device that was given up while something ran on it. */
export interface DeviceLoss {
  readonly device: DeviceName
  /** `memory`: what it has does not suffice for this; `failed`: whatever else, such as a driver that was reset. */
  readonly kind: 'failed' | 'memory'
  /** In words of ONNX Runtime. */
  readonly reason: string
}

/** Where an open model runs: on the device that was chosen until that fails, on the CPU from then on. */
export class DeviceInUse {
  readonly #chosen: Device
  #loss: DeviceLoss | null = null

  constructor(chosen: Device) {
    this.#chosen = chosen
  }

  get now(): Device {
    return this.#loss === null ? this.#chosen : cpuDevice
  }

  /** For a recipe: `webgpu: NVIDIA …`, and that the CPU finished it. */
  get label(): string {
    const { label } = this.#chosen
    return this.#loss === null ? label : `${label.slice(0, longestLabel - cpuFinished.length)}${cpuFinished}`
  }

  /** Why the CPU took over; null while it did not have to. */
  get loss(): DeviceLoss | null {
    return this.#loss
  }

  /**
   * Gives the device up when `error` says that it cannot go on.
   *
   * @returns whether the same is worth another try, on the CPU
   */
  giveUp(error: unknown): boolean {
    if (this.now.name === 'cpu' || !(error instanceof EngineError)) return false
    if (error.code !== 'device-failed' && error.code !== 'out-of-memory') return false
    const kind = error.code === 'out-of-memory' ? 'memory' : 'failed'
    this.#loss = { device: this.#chosen.name, kind, reason: error.facts.found }
    return true
  }
}

const cpuFinished = ', then cpu'
/** As recipes take it. */
const longestLabel = 200
