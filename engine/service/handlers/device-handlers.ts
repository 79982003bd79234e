import type { CallHandlers } from '../../contract/calls.ts'
import type { deviceCalls } from '../../contract/calls/device-calls.ts'
import type { DeviceWatch } from '../devices/device-watch.ts'

/** Handlers of what networks can run on. */
export const deviceHandlers = (devices: DeviceWatch): Pick<CallHandlers, keyof typeof deviceCalls> => ({
  'devices.list': () => devices.list(),
  'devices.check': ({ name }) => devices.check(name),
})
