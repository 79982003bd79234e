import type { CallArgs } from '../../process/call-table.ts'
import type { Fault, Finding } from '../../runtime/devices/self-test/test-device.ts'
import type { DeviceCalls } from '../protocol/device-calls.ts'

/** What it means that the process died or hung over a row: what was settled before still holds, nothing else does. */
export const deathFinding = ({ row, isHang, settled }: CallArgs<DeviceCalls, 'keepDeath'>): Finding => {
  const fault: Fault = {
    row: row ?? 'start',
    error: null,
    reason: isHang ? 'the check took too long and was ended here' : 'the process that checked it died',
  }
  return settled?.kind === 'right'
    ? { ...settled, switchedOff: [...settled.switchedOff, { ...fault, row: `fused ${fault.row}` }] }
    : { kind: 'wrong', faults: [fault] }
}
