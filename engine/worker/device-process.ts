import { openModel } from '../checkpoint/open-model.ts'
import { openParentPort } from '../process/parent-port.ts'
import { serveCalls } from '../process/serve-calls.ts'
import { checkOnDevice } from '../runtime/devices/self-test/check-on-device.ts'
import { deathFinding } from './devices/death-finding.ts'
import { openDeviceShelf } from './devices/open-shelf.ts'
import { clipTokenizerFolder } from './clip-tokenizer-folder.ts'
import { deviceCalls } from './protocol/device-calls.ts'

// Entry of the process that checks devices: what a driver does to it, it does to nobody else.
const shelf = openDeviceShelf()
serveCalls({
  name: 'device check',
  port: openParentPort(),
  calls: deviceCalls,
  handlers: {
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
  },
})
