import { fork } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { softwareAdapter } from '../../../reference/software-adapter.ts'
import type { LostDeviceReport } from './lost-device-process.ts'

const adapter = softwareAdapter()

describe.skipIf(adapter === undefined)('a device that fails in the middle of a job', () => {
  it('leaves the rest of it to the CPU, with the same numbers, and that is said', { timeout: 300_000 }, async () => {
    const report = await new Promise<LostDeviceReport>((resolve, reject) => {
      const child = fork(join(import.meta.dirname, 'lost-device-process.ts'), {
        env: { ...process.env, ...adapter },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
      child.on('message', (message) => {
        resolve(message as LostDeviceReport) // Only the process above sends any.
      })
      child.on('close', (code, signal) => {
        reject(new Error(`the process ended with ${signal ?? code ?? 'nothing'}`))
      })
    })
    // The prompt was read on the device; the map of 16,384 places squared is more than any of its buffers holds.
    expect(report.labels).toEqual(['webgpu: SwiftShader', 'webgpu: SwiftShader, then cpu'])
    expect(report.losses).toMatchObject([{ device: 'webgpu', reason: expect.stringMatching(/buffer/i) as string }])
    // The text came from the device: rounding is all that may differ.
    expect(report.error).toBeLessThan(1e-4)
  })
})
