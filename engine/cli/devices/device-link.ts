import { forkProcess } from '../../process/fork-process.ts'
import { ProcessLink } from '../../process/process-link.ts'
import { deviceCalls, type DeviceCalls } from '../../worker/protocol/device-calls.ts'

/** The process that checks devices; what its drivers print is not for the user. */
export const deviceLink = (): ProcessLink<DeviceCalls> =>
  new ProcessLink({
    name: 'device check',
    calls: deviceCalls,
    maxOpen: 1,
    fork: () => forkProcess({ file: new URL('../../worker/device-process.ts', import.meta.url) }),
  })
