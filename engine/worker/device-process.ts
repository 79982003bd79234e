import { openParentPort } from '../process/parent-port.ts'
import { serveCalls } from '../process/serve-calls.ts'
import { deviceHandlers } from './devices/device-handlers.ts'
import { openDeviceShelf } from './devices/open-shelf.ts'
import { deviceCalls } from './protocol/device-calls.ts'

// Entry of the process that checks devices: what a driver does to it, it does to nobody else.
serveCalls({
  name: 'device check',
  port: openParentPort(),
  calls: deviceCalls,
  handlers: deviceHandlers(openDeviceShelf()),
})
