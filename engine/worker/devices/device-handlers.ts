import { openModel } from '../../checkpoint/open-model.ts'
import type { Handlers } from '../../process/serve-calls.ts'
import { checkOnDevice } from '../../runtime/devices/self-test/check-on-device.ts'
import { clipTokenizerFolder } from '../clip-tokenizer-folder.ts'
import type { DeviceCalls } from '../protocol/device-calls.ts'
import { deathFinding } from './death-finding.ts'
import type { DeviceShelf } from './device-shelf.ts'

/** Answers what can be asked about devices. `checkDevice` may end the process. */
export const deviceHandlers = (shelf: DeviceShelf): Handlers<DeviceCalls> => ({
  listDevices: ({ choice }) => shelf.list(choice),
  checkDevice: async ({ device, modelPath }, { progress, signal }) => {
    const files = await openModel(modelPath, { clipTokenizerFolder: clipTokenizerFolder() })
    let done = 0
    const finding = await checkOnDevice(device, files, (row, settled) => {
      signal.throwIfAborted()
      progress({ row, done, settled })
      done += 1
    })
    await shelf.keep(device, finding)
    return finding
  },
  keepDeath: async (death) => {
    const finding = deathFinding(death)
    await shelf.keep(death.device, finding)
    return finding
  },
})
