import { z } from 'zod'
import { change, read } from '../call.ts'
import { deviceListSchema, deviceNames } from '../device-records.ts'

/** What networks can run on. */
export const deviceCalls = {
  'devices.list': read(z.strictObject({}), deviceListSchema),
  /** Holds a device against the CPU again; takes up to a minute. */
  'devices.check': change(z.strictObject({ name: z.enum(deviceNames).exclude(['cpu']) }), deviceListSchema),
}
