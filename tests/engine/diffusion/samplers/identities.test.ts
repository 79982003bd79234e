import { describe, expect, it } from 'vitest'
import { findSampler } from '../../../../engine/diffusion/find-sampler.ts'
import { ancestralStep } from '../../../../engine/diffusion/samplers/ancestral-step.ts'
import { samplers } from '../../../../engine/diffusion/samplers/samplers.ts'
import { lerp, scale, weightedSum } from '../../../../engine/tensor/arithmetic.ts'
import { torchRandn } from '../../../../engine/tensor/torch-noise.ts'
import { relativeError } from '../../../reference/relative-error.ts'
import { runSampler, samplerInput } from './run-sampler.ts'

const alphaOf = (sigma: number): number => 1 / Math.hypot(1, sigma)

describe('samplers with a denoiser that always says the same', () => {
  // lcm mixes a little of x into every prediction and is left out
  const flowing = samplers.filter(({ id }) => id !== 'lcm').map(({ id }) => id)
  const clean = torchRandn([1, 4, 8, 8], 9)

  it.each(flowing.filter((id) => findSampler(id).drawsNoise !== 'always'))(
    '%s keeps the direction from it to x at every step',
    async (id) => {
      const input = samplerInput(id, 12)
      const { states } = await runSampler(id, { ...input, denoise: async () => clean })
      const start = input.schedule[0]?.sigma ?? Number.NaN
      for (const { done, x } of states) {
        const sigma = input.schedule[done]?.sigma ?? Number.NaN
        // Variance-preserving: x_t = α_t·m + (s_t/s_s)(x_s − α_s·m)
        const alpha = alphaOf(sigma)
        const share = (sigma * alpha) / (start * alphaOf(start))
        const began = scale(input.x, alphaOf(start))
        const expected = weightedSum([alpha, clean], [share, began], [-share * alphaOf(start), clean])
        // 1e-6 in double precision; float32 states and 12 roundings leave 2e-6
        expect(relativeError(scale(x, alpha).data, expected.data)).toBeLessThan(2e-6)
      }
    },
  )

  it.each(flowing)('%s ends there', async (id) => {
    const input = samplerInput(id, 12)
    const { x } = await runSampler(id, { ...input, denoise: async () => clean })
    // DDIM keeps the last 0.03 of noise, all others end clean
    expect(relativeError(x.data, clean.data)).toBeLessThan(id === 'ddim' ? 0.05 : 1e-6)
  })
})

describe('one step', () => {
  const [now, next] = [
    { sigma: 5, timestep: 800 },
    { sigma: 2, timestep: 550 },
  ]
  const x = scale(torchRandn([1, 4, 8, 8], 1), 5)
  const clean = torchRandn([1, 4, 8, 8], 2)
  const refuse = (): never => {
    throw new Error('a deterministic step draws no noise')
  }

  it('of DDIM with eta 0 is DPM-Solver++ of first order', () => {
    const ddim = ancestralStep({ x, clean, now, next, eta: 0, noise: refuse })
    // Variance-preserving, as the paper has it: (s_t/s_s)·x − α_t(e^−h − 1)·m
    const [alpha, alphaNext] = [alphaOf(now.sigma), alphaOf(next.sigma)]
    const h = Math.log(now.sigma / next.sigma)
    const first = weightedSum(
      [(next.sigma * alphaNext) / (now.sigma * alpha), scale(x, alpha)],
      [-alphaNext * Math.expm1(-h), clean],
    )
    expect(relativeError(scale(ddim, alphaNext).data, first.data)).toBeLessThan(1e-6)
  })

  it.each([0.3, 1])('of DDIM with eta %f is the formula of its paper', (eta) => {
    const noise = torchRandn([1, 4, 8, 8], 3)
    const found = ancestralStep({ x, clean, now, next, eta, noise: () => noise })
    const [a, b] = [alphaOf(now.sigma) ** 2, alphaOf(next.sigma) ** 2]
    const deviation = eta * Math.sqrt(((1 - b) / (1 - a)) * (1 - a / b))
    const predictedNoise = weightedSum([1 / now.sigma, x], [-1 / now.sigma, clean])
    const expected = weightedSum(
      [Math.sqrt(b), clean],
      [Math.sqrt(1 - b - deviation ** 2), predictedNoise],
      [deviation, noise],
    )
    expect(relativeError(scale(found, Math.sqrt(b)).data, expected.data)).toBeLessThan(1e-6)
  })

  it('to sigma 0 is clean whatever eta is', () => {
    const end = { sigma: 0, timestep: 0 }
    expect(ancestralStep({ x, clean, now, next: end, eta: 1, noise: refuse })).toEqual(lerp(clean, x, 0))
  })
})
