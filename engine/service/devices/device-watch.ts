import type { DeviceChoice, DeviceList, DeviceName } from '../../contract/device-records.ts'
import type { Announce } from '../../contract/events.ts'
import type { ChildTransport } from '../../process/messages.ts'
import { ProcessLink } from '../../process/process-link.ts'
import { checkDevice } from '../../worker/protocol/check-device.ts'
import { deviceCalls, type DeviceCalls } from '../../worker/protocol/device-calls.ts'

export interface WatchParts {
  /** Starts a process of its own for devices; it may die over a check. */
  readonly fork: () => ChildTransport
  /** The bundled model, whose networks a check runs. */
  readonly modelPath: string
  readonly choice: () => DeviceChoice
  readonly isIdle: () => boolean
  readonly announce: Announce
  readonly onDefect: (error: unknown, where: string) => void
  /** Wait after a picture before devices are checked. */
  readonly idleMs?: number
}

/**
 * Has devices checked when the first picture is done and nothing runs, so that no start waits for it; each process lives
 * as long as its work.
 */
export class DeviceWatch {
  readonly #parts: WatchParts
  readonly #closing = new AbortController()
  #work: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #isDone = false

  constructor(parts: WatchParts) {
    this.#parts = parts
  }

  /** Every device with what is known of it, and which is used. */
  list(): Promise<DeviceList> {
    return this.#inProcess((link) => link.call('listDevices', { choice: this.#parts.choice() }))
  }

  /** Checks a device again, whatever is known of it; a minute at most. */
  check(device: DeviceName): Promise<DeviceList> {
    return this.#inProcess((link) => this.#check(link, device))
  }

  /** Called after each job. Once in the life of the service, when idle, what is unchecked or was not there is checked. */
  jobDone(): void {
    if (this.#isDone || this.#closing.signal.aborted) return
    clearTimeout(this.#timer)
    const { idleMs = 5000, isIdle, onDefect } = this.#parts
    this.#timer = setTimeout(() => {
      if (!isIdle()) return
      this.#isDone = true
      this.#checkUnchecked().catch((error: unknown) => {
        if (!this.#closing.signal.aborted) onDefect(error, 'devices')
      })
    }, idleMs)
    this.#timer.unref()
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#closing.abort()
    await this.#work
  }

  async #checkUnchecked(): Promise<void> {
    const { choice } = this.#parts
    if (choice() === 'cpu') return
    await this.#inProcess(async (link) => {
      const { devices } = await link.call('listDevices', { choice: choice() })
      for (const { name, state } of devices) {
        if (state === 'unchecked' || state === 'absent') await this.#check(link, name)
      }
    })
  }

  async #check(link: ProcessLink<DeviceCalls>, device: DeviceName): Promise<DeviceList> {
    const { modelPath, choice, announce } = this.#parts
    await checkDevice({ link, device, modelPath, signal: this.#closing.signal })
    const list = await link.call('listDevices', { choice: choice() })
    announce('devices.changed', { checked: device, list })
    return list
  }

  /** One after another, so that no check disturbs the times of another. */
  #inProcess<Result>(work: (link: ProcessLink<DeviceCalls>) => Promise<Result>): Promise<Result> {
    const run = async (): Promise<Result> => {
      const link = new ProcessLink({ name: 'device check', calls: deviceCalls, fork: this.#parts.fork, maxOpen: 1 })
      const stop = (): void => void link.close()
      this.#closing.signal.addEventListener('abort', stop, { once: true })
      try {
        return await work(link)
      } finally {
        this.#closing.signal.removeEventListener('abort', stop)
        await link.close()
      }
    }
    const result = this.#work.then(run)
    this.#work = result.catch(() => undefined)
    return result
  }
}
