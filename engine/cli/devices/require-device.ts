import type { DeviceChoice, DeviceList, DeviceName, DeviceReport } from '../../contract/device-records.ts'
import { EngineError } from '../../contract/failures.ts'
import type { ProcessLink } from '../../process/process-link.ts'
import { checkDevice } from '../../worker/protocol/check-device.ts'
import type { DeviceCalls } from '../../worker/protocol/device-calls.ts'
import type { CommandContext } from '../command.ts'
import { starterModelPath } from '../starter-model.ts'
import { describeDevice } from './describe-device.ts'
import { deviceLink } from './device-link.ts'

/**
 * Makes sure that a device which was asked for by name can be used, checking it when nobody has.
 *
 * @throws EngineError 'device-failed' with the reason when it cannot: it was asked for, so nothing else is taken
 */
export const requireDevice = async (choice: DeviceChoice, context: CommandContext): Promise<void> => {
  if (choice === 'automatic' || choice === 'cpu') return
  const link = deviceLink()
  try {
    const known = await reportOf(link, choice)
    const report = known.state === 'unchecked' ? await checkedReport(link, choice, context) : known
    if (report.state === 'right') return
    throw new EngineError('device-failed', {
      where: `--device ${choice}`,
      found: describeDevice(report),
      remedy: `Leave --device out, or repeat the check with attune devices check ${choice}.`,
    })
  } finally {
    await link.close()
  }
}

/** Checks a device, telling how far it is, and gives what is known of it from then on. */
export const checkedReport = async (
  link: ProcessLink<DeviceCalls>,
  device: DeviceName,
  { output, signal }: CommandContext,
): Promise<DeviceReport> => {
  await checkDevice({
    link,
    device,
    modelPath: starterModelPath(),
    signal,
    onRow: (row, done) => {
      output.step({ done, total: Math.max(done, checkRows), stage: row }, `checking ${device}`)
    },
  })
  return reportOf(link, device)
}

/** About as many rows as a check has. */
const checkRows = 115

const reportOf = async (link: ProcessLink<DeviceCalls>, device: DeviceName): Promise<DeviceReport> => {
  const { devices }: DeviceList = await link.call('listDevices', { choice: device })
  const report = devices.find(({ name }) => name === device)
  if (report !== undefined) return report
  throw new EngineError('device-failed', {
    where: `--device ${device}`,
    found: `no ${device} in this build of ONNX Runtime`,
    expected: devices.map(({ name }) => name).join(', '),
  })
}
