import { fork } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { softwareAdapter } from '../../../reference/software-adapter.ts'
import type { LostDeviceReport } from './lost-device-process.ts'

const adapter = softwareAdapter()

describe.skipIf(adapter === undefined)('a device that fails in the middle of a job', () => {
  it('leaves the rest of it to the CPU, and that is said', { timeout: 120_000 }, async () => {
    const report = await new Promise<LostDeviceReport>((resolve, reject) => {
      const child = fork(join(import.meta.dirname, 'lost-device-process.ts'), {
        env: { ...process.env, ...adapter },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      child.on('message', (message) => {
        resolve(message as LostDeviceReport) // Only the process above sends any.
      })
      child.on('close', (code, signal) => {
        reject(new Error(`the process ended with ${signal ?? code ?? 'nothing'}`))
      })
    })
    // sigmoid(0), wherever it is computed.
    for (const result of report.results) expect(result).toBeCloseTo(0.5, 3)
    expect(report).toMatchObject({
      devices: ['webgpu', 'cpu', 'cpu'],
      label: 'webgpu: SwiftShader, then cpu',
      loss: { device: 'webgpu', reason: expect.stringMatching(/buffer/i) as string },
    })
  })
})
