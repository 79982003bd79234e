import type { DeviceName } from '../../contract/device-records.ts'
import { EngineError } from '../../contract/failures.ts'
import type { CallProgress } from '../../process/call-table.ts'
import type { ProcessLink } from '../../process/process-link.ts'
import type { DeviceCalls, FindingRecord } from './device-calls.ts'

/** A check that takes longer is killed. */
export const longestCheckMs = 60_000

export interface DeviceCheck {
  readonly link: ProcessLink<DeviceCalls>
  readonly device: DeviceName
  readonly modelPath: string
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Told before each row. */
  readonly onRow?: (row: string, done: number) => void
}

/**
 * Has a device checked in a process of its own. When that dies over a row or takes too long, the device is not used, or
 * not the kernel that was tried last; the next life of the process writes that down.
 *
 * @throws EngineError 'cancelled', 'engine-stopped' when the process cannot even be started
 */
export const checkDevice = async (check: DeviceCheck): Promise<FindingRecord> => {
  const { link, device, modelPath, timeoutMs = longestCheckMs, signal, onRow } = check
  let last: CallProgress<DeviceCalls, 'checkDevice'> | undefined
  try {
    return await link.call(
      'checkDevice',
      { device, modelPath },
      {
        timeoutMs,
        ...(signal !== undefined && { signal }),
        onProgress: (progress) => {
          last = progress
          onRow?.(progress.row, progress.done)
        },
      },
    )
  } catch (error) {
    const isDeath = error instanceof EngineError && error.code === 'engine-stopped'
    const reason = isDeath ? error.facts['reason'] : undefined
    if (reason !== 'died' && reason !== 'timeout') throw error
    return link.call('keepDeath', {
      device,
      row: last?.row ?? null,
      isHang: reason === 'timeout',
      settled: last?.settled ?? null,
    })
  }
}
