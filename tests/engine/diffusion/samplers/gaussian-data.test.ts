import { describe, expect, it } from 'vitest'
import type { SamplerId } from '../../../../engine/diffusion/samplers/samplers.ts'
import { standardDeviation } from '../../../../engine/tensor/arithmetic.ts'
import type { NdArray } from '../../../../engine/tensor/nd-array.ts'
import { relativeError } from '../../../reference/relative-error.ts'
import { exactFlow, gaussian, gaussianDenoiser } from '../gaussian-data.ts'
import { runSampler, samplerInput } from './run-sampler.ts'

/** Error of the whole way down to the last noisy level, against the formula. */
const flowError = async (id: SamplerId, steps: number): Promise<number> => {
  const input = samplerInput(id, steps, { kind: id === 'ddim' ? 'leading' : 'karras' })
  const { states } = await runSampler(id, { ...input, denoise: gaussianDenoiser })
  const [first, last] = [input.schedule[0], input.schedule[steps - 1]]
  if (first === undefined || last === undefined) throw new Error('the schedule is too short')
  const exact = exactFlow(input.x, first.sigma, last.sigma)
  return relativeError(states[steps - 2]?.x.data ?? [], exact.data)
}

describe('deterministic samplers on Gaussian data', () => {
  it.each([
    // Halving the step divides the error by 2 (first order) or by 4 (second), a little less at finite steps
    ['ddim', 40, 1.8, 0.04],
    ['euler', 40, 1.8, 0.04],
    ['heun', 40, 3.5, 0.003],
    ['dpmpp-2m', 40, 3.5, 0.003],
    ['unipc', 40, 3.5, 0.003],
  ] as const)('%s follows the exact flow, with its order', async (id, steps, leastRatio, mostError) => {
    const coarse = await flowError(id, steps)
    const fine = await flowError(id, steps * 2)
    expect(coarse).toBeLessThan(mostError)
    expect(coarse / fine).toBeGreaterThan(leastRatio)
  })
})

const meanOf = ({ data }: NdArray): number => data.reduce((sum, value) => sum + value, 0) / data.length

describe('stochastic samplers on Gaussian data', () => {
  it.each(['ddpm', 'euler-a', 'dpmpp-2m-sde', 'ddim'] as const)('%s draws from the data', async (id) => {
    // 16,384 values: standard error of the mean 0.0047, of the deviation 0.6 %; the rest of the bar is that steps are finite
    const input = samplerInput(id, 400, { shape: [4, 64, 64] })
    const { x } = await runSampler(id, { ...input, denoise: gaussianDenoiser, eta: 1 })
    expect(Math.abs(meanOf(x) - gaussian.mean)).toBeLessThan(0.02)
    expect(Math.abs(standardDeviation(x) / gaussian.deviation - 1)).toBeLessThan(0.03)
  })

  it('lcm draws from the data when its network is a perfect consistency function', async () => {
    const input = samplerInput('lcm', 4, { shape: [4, 64, 64] })
    const { x } = await runSampler('lcm', {
      ...input,
      denoise: async (noisy, { sigma }) => exactFlow(noisy, sigma, 0),
    })
    // Three standard errors
    expect(Math.abs(meanOf(x) - gaussian.mean)).toBeLessThan(0.015)
    expect(Math.abs(standardDeviation(x) / gaussian.deviation - 1)).toBeLessThan(0.018)
  })
})
