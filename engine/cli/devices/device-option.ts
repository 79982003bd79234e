import { deviceNames, type DeviceChoice } from '../../contract/device-records.ts'
import { EngineError } from '../../contract/failures.ts'

/** `--device NAME`. @throws EngineError 'bad-argument' for a device that nobody knows */
export const deviceOption = (name = 'auto'): DeviceChoice => {
  if (name === 'auto') return 'automatic'
  const known = deviceNames.find((device) => device === name)
  if (known !== undefined) return known
  throw new EngineError('bad-argument', {
    where: '--device',
    found: `"${name}"`,
    expected: `auto, ${deviceNames.join(', ')}`,
    remedy: 'attune devices says which of them this machine has.',
  })
}
