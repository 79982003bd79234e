import { join } from 'node:path'
import { identifyAdapter } from '../../runtime/devices/identify-adapter.ts'
import { loweringVersionNow, presentDevices, runtimeVersion } from '../../runtime/devices/present-devices.ts'
import { cacheFolder } from '../cache-folder.ts'
import { DeviceShelf } from './device-shelf.ts'
import { DeviceVerdicts } from './device-verdicts.ts'

/** The devices of this machine, and what the cache folder knows of them. */
export const openDeviceShelf = (): DeviceShelf =>
  new DeviceShelf({
    verdicts: new DeviceVerdicts(join(cacheFolder(), 'devices.json')),
    present: presentDevices,
    identify: identifyAdapter,
    runtimeVersion,
    loweringVersion: loweringVersionNow,
    now: Date.now,
  })
