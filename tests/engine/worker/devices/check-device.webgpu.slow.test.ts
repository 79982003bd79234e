import { afterEach, describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../../engine/cli/starter-model.ts'
import { forkProcess } from '../../../../engine/process/fork-process.ts'
import { ProcessLink } from '../../../../engine/process/process-link.ts'
import { checkDevice } from '../../../../engine/worker/protocol/check-device.ts'
import { deviceCalls, type DeviceCalls } from '../../../../engine/worker/protocol/device-calls.ts'
import { softwareAdapter } from '../../../reference/software-adapter.ts'
import { useScratchFolders } from '../../files/scratch-folder.ts'

const adapter = softwareAdapter()
const scratch = useScratchFolders()
let link: ProcessLink<DeviceCalls> | undefined
afterEach(() => link?.close())

/** A process started by its id: whether it is still there. */
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** SwiftShader takes minutes for the whole check: much longer than this. */
const timeoutMs = 12_000

describe.skipIf(adapter === undefined)('the check of a device that is much too slow for it', () => {
  it('is killed when its time is over, the device not used, and that is remembered', { timeout: 120_000 }, async () => {
    const environment = Object.fromEntries(
      Object.entries({ ...process.env, ...adapter, ATTUNE_CACHE: scratch() }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      ),
    )
    const file = new URL('../../../../engine/worker/device-process.ts', import.meta.url)
    link = new ProcessLink({ name: 'device check', calls: deviceCalls, maxOpen: 1, fork: () => forkProcess({ file, environment }) }) // prettier-ignore
    // Its start is no part of the limit.
    await link.call('listDevices', { choice: 'automatic' })
    const pid = link.pid ?? -1
    const rows: string[] = []
    const started = performance.now()
    const checked = { link, device: 'webgpu', modelPath: starterModelPath(), timeoutMs } as const
    const finding = await checkDevice({ ...checked, onRow: (row) => rows.push(row) })
    const tookMs = performance.now() - started
    expect(rows.length).toBeGreaterThan(1)
    const reason = 'the check took too long and was ended here'
    expect(finding).toEqual({ kind: 'wrong', faults: [{ row: rows.at(-1), error: null, reason }] })
    expect([isAlive(pid), tookMs > timeoutMs]).toEqual([false, true])
    // Beside the limit only another process's start, on a busy machine.
    expect(tookMs).toBeLessThan(timeoutMs + 30_000)
    const { used, devices } = await link.call('listDevices', { choice: 'webgpu' })
    expect([used, devices.find(({ name }) => name === 'webgpu')]).toMatchObject(['cpu', { state: 'wrong' }])
  })
})
