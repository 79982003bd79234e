import type { DeviceFault, DeviceReport } from '../../contract/device-records.ts'

/** What is known of a device, in a sentence or two. */
export const describeDevice = ({ name, adapter, state, speed, reason, faults }: DeviceReport): string => {
  const where = adapter === '' ? name : `${name} (${adapter})`
  switch (state) {
    case 'unchecked':
      return `${where}: not checked yet`
    case 'absent':
      return `${where}: cannot be started: ${reason ?? ''}`
    case 'wrong':
      return `${where}: is not used: ${faultsInWords(faults)}`
    case 'right':
      return name === 'cpu' ? name : `${where}: computes as the CPU does${speedInWords(speed)}${offInWords(faults)}`
  }
}

const speedInWords = (speed: number | null): string => {
  if (speed === null) return ''
  return speed >= 1 ? `, ${speed.toFixed(1)} times as fast` : `, but only ${speed.toPrecision(1)} times as fast`
}

const offInWords = (faults: readonly DeviceFault[]): string =>
  faults.length === 0 ? '' : `; switched off: ${faultsInWords(faults)}`

/** The first three; a broken driver fails in everything. */
const faultsInWords = (faults: readonly DeviceFault[]): string => {
  const said = faults.slice(0, 3).map((fault) => `${fault.row} (${faultInWords(fault)})`)
  return faults.length > 3 ? `${said.join(', ')} and ${faults.length - 3} more` : said.join(', ')
}

const faultInWords = ({ error, reason }: DeviceFault): string =>
  reason ?? `wrong by ${error === null ? 'an unknown amount' : error.toPrecision(2)} of its largest value`
