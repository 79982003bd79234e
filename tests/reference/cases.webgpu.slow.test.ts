import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caseTable } from './case-table.ts'
import { softwareAdapter } from './software-adapter.ts'
import { operatorWithoutKernel, startWebgpuCases, type WebgpuCases } from './webgpu-cases.ts'

/** Small networks of every kind, and the gradient of one; held to the same bars as on the CPU. */
const caseNames = [
  'clip-text-gelu',
  'unet-sd15',
  'unet-sd21',
  'unet-sdxl',
  // Nine channels, which WebGPU's Conv computes wrongly when they are not padded.
  'unet-inpaint',
  'vae',
  'gradient-region',
]
const adapter = softwareAdapter()

describe.skipIf(adapter === undefined)(
  'the recorded cases on WebGPU by SwiftShader, with no CPU to fall back on',
  () => {
    let cases: WebgpuCases | undefined
    beforeAll(() => {
      cases = startWebgpuCases([operatorWithoutKernel, ...caseNames], adapter ?? {})
    })
    afterAll(() => {
      cases?.kill()
    })

    it('would fail for an operator that WebGPU has no kernel for', { timeout: 120_000 }, async () => {
      const report = await cases?.report(operatorWithoutKernel)
      expect(report).toMatchObject({ status: 'thrown', cause: expect.stringMatching(/fallback to CPU EP/i) as string })
    })

    // Shaders are compiled for the CPU and run on it: two minutes for all of them on two idle cores.
    it.each(caseNames)('%s is what was recorded', { timeout: 900_000 }, async (caseName) => {
      const report = await cases?.report(caseName)
      expect(report?.status, report && caseTable([report])).toBe('met')
    })
  },
)
