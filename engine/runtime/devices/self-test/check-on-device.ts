import type { ModelFiles } from '../../../checkpoint/model-files.ts'
import { makeGraph } from '../../../graph/graph.ts'
import { add, input } from '../../../graph/ops.ts'
import { createSession, type Session } from '../../session.ts'
import type { DeviceName } from '../device.ts'
import { presentDevices } from '../present-devices.ts'
import { compareRow } from './compare-row.ts'
import { networkRows } from './network-rows.ts'
import { attentionRows, operatorRows } from './operator-rows.ts'
import { speedRow } from './speed-row.ts'
import { testDevice, type Finding, type SelfTest } from './test-device.ts'

/**
 * Runs the whole self-test on a device of this machine. The process may die or hang over it: call it in one that nothing
 * else needs.
 *
 * @param files  a small model whose networks are run as a whole
 */
export const checkOnDevice = async (
  device: DeviceName,
  files: ModelFiles,
  onRow: SelfTest['onRow'],
): Promise<Finding> => {
  if (presentDevices().some(({ name, isBundled }) => name === device && !isBundled)) {
    return {
      kind: 'absent',
      reason: `ONNX Runtime’s library for ${device} is not installed (docs/devices.md says how)`,
    }
  }
  // Compiled shaders live as long as any session does.
  const keeper = await keptSession(device)
  try {
    return await testDevice({
      device,
      rows: operatorRows,
      attentionRows,
      networkRows: networkRows(files),
      speedRow,
      compare: (row, target) => compareRow(row, { name: device, target }),
      onRow,
    })
  } finally {
    await keeper?.release()
  }
}

/** Undefined where the device cannot be started; the first row will say why. */
const keptSession = async (device: DeviceName): Promise<Session | undefined> => {
  const x = input('x', [1])
  try {
    return await createSession(makeGraph('keeper', { y: add(x, x) }), { executionProviders: [device] })
  } catch {
    return undefined
  }
}
