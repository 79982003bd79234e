import type { DeviceList, DeviceName, DeviceReport } from '../../engine/contract/device-records.ts'
import type { ServiceLink } from '../connection/service-link.ts'

/** What networks can run on; asked for when somebody looks, told of when a check ends. */
export class DevicesState {
  readonly #link: ServiceLink
  list: DeviceList | null = $state.raw(null)
  /** The device whose check was asked for and runs. */
  checking: DeviceName | null = $state(null)

  /** @param onFault  told of a device that its check switched off, in whole or in part */
  constructor(link: ServiceLink, onFault: (report: DeviceReport) => void) {
    this.#link = link
    link.on('devices.changed', ({ checked, list }) => {
      this.list = list
      const report = list.devices.find(({ name }) => name === checked)
      if (report !== undefined && report.faults.length > 0) onFault(report)
    })
  }

  async load(): Promise<void> {
    this.list = await this.#link.ask('devices.list', {})
  }

  async check(name: Exclude<DeviceName, 'cpu'>): Promise<void> {
    this.checking = name
    try {
      this.list = await this.#link.ask('devices.check', { name })
    } finally {
      this.checking = null
    }
  }
}
