/** A device process whose check ends as told: `die` or `hang` over its second row; keeps deaths as the real one does. */
import { openParentPort } from '../../../../engine/process/parent-port.ts'
import { serveCalls } from '../../../../engine/process/serve-calls.ts'
import { deathFinding } from '../../../../engine/worker/devices/death-finding.ts'
import { deviceCalls } from '../../../../engine/worker/protocol/device-calls.ts'

const [end] = process.argv.slice(2)
const unchecked = {
  name: 'webgpu',
  adapter: 'Card',
  state: 'unchecked',
  speed: null,
  reason: null,
  faults: [],
  checkedAtMs: null,
} as const
serveCalls({
  name: 'device check',
  port: openParentPort(),
  calls: deviceCalls,
  handlers: {
    listDevices: ({ choice }) => ({ choice, used: 'cpu' as const, devices: [unchecked] }),
    checkDevice: async (_, { progress }) => {
      progress({ row: 'add', done: 0, settled: null })
      progress({ row: 'conv', done: 1, settled: null })
      // The pipe is written to before the process ends or stands still, as a native call would let it.
      await new Promise((resolve) => setTimeout(resolve, 50))
      if (end === 'die') process.abort()
      for (;;) {
        // As in a driver that never answers.
      }
    },
    keepDeath: deathFinding,
  },
})
