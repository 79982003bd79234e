import { fork } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../../../engine/runtime/devices/self-test/test-device.ts'
import { softwareAdapter } from '../../../reference/software-adapter.ts'

const adapter = softwareAdapter()

describe.skipIf(adapter === undefined)('the self-test on WebGPU by SwiftShader', () => {
  const findings = new Map<string, Finding>()
  beforeAll(
    () =>
      new Promise<void>((resolve) => {
        const child = fork(join(import.meta.dirname, 'webgpu-self-test-process.ts'), {
          env: { ...process.env, ...adapter },
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        })
        child.on('message', (message) => {
          const { name, finding } = message as { name: string; finding: Finding } // Only the process above sends any.
          findings.set(name, finding)
        })
        child.on('close', () => {
          resolve()
        })
      }),
    600_000,
  )

  it('finds the fused attention wrong, as it is there, and everything else right', () => {
    const finding = findings.get('as it is')
    expect(finding).toMatchObject({
      kind: 'right',
      target: { device: 'webgpu', fusedAttention: false },
      switchedOff: [{ row: expect.stringMatching(/^fused attention/) as string }],
    })
    // Measured 0.28 of the largest value: nothing that rounding explains.
    expect(finding?.kind === 'right' && finding.switchedOff[0]?.error).toBeGreaterThan(0.01)
  })

  it('finds a convolution wrong that is lowered for another device', () => {
    expect(findings.get('convolutions as on the CPU')).toMatchObject({
      kind: 'wrong',
      faults: [{ row: 'conv 3 x 3, 9 → 320, 16 x 16, stride 1' }],
    })
  })
})
