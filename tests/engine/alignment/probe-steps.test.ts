import { describe, expect, it } from 'vitest'
import { claimedNoise, meanSquare, noisyLatents, probeSteps } from '../../../engine/alignment/probe-steps.ts'
import { noiseCurve } from '../../../engine/diffusion/noise-curve.ts'
import { weightedSum } from '../../../engine/tensor/arithmetic.ts'
import { torchRandn } from '../../../engine/tensor/torch-noise.ts'
import { stableDiffusionNoise } from '../diffusion/stable-diffusion-noise.ts'

const { alphasCumprod } = noiseCurve(stableDiffusionNoise())
const request = { alphasCumprod, count: 12, from: 0.06, to: 0.9, shape: [1, 4, 8, 8], seed: 7n }

describe('probeSteps', () => {
  it('lie at equal distances, each with its own noise, the same in every run', () => {
    const steps = probeSteps(request)
    expect(steps.map(({ timestep }) => timestep)).toEqual([60, 136, 213, 289, 365, 442, 518, 595, 671, 747, 824, 900])
    expect(new Set(steps.map(({ noise }) => noise.data[0])).size).toBe(12)
    expect(probeSteps(request)).toEqual(steps)
    for (const { signal, spread } of steps) expect(signal ** 2 + spread ** 2).toBeCloseTo(1, 6)
  })

  it('takes the middle for a single step, and stays inside the training steps', () => {
    expect(probeSteps({ ...request, count: 1 })[0]?.timestep).toBe(480)
    expect(probeSteps({ ...request, count: 2, from: 0, to: 1 }).map(({ timestep }) => timestep)).toEqual([0, 999])
  })

  it.each([0, -1, 1.5, NaN])('refuses %d steps', (count) => {
    expect(() => probeSteps({ ...request, count })).toThrow('expected at least 1.')
  })
})

describe('claimedNoise', () => {
  it('finds the noise in the output of either kind of network', () => {
    const clean = torchRandn([1, 4, 8, 8], 1)
    for (const step of probeSteps(request)) {
      const noisy = noisyLatents(clean, step)
      const velocity = weightedSum([step.signal, step.noise], [-step.spread, clean])
      // float32 in and out of values around 1
      expect(meanSquare('noise', claimedNoise(velocity, noisy, step, 'v_prediction'), step.noise)).toBeLessThan(1e-12)
      expect(claimedNoise(step.noise, noisy, step, 'epsilon')).toBe(step.noise)
    }
  })
})

describe('meanSquare', () => {
  it('says where a number is none', () => {
    const zeros = { shape: [2], data: Float32Array.of(0, 0) }
    expect(() => meanSquare('word score', zeros, { shape: [2], data: Float32Array.of(0, NaN) })).toThrow(
      'word score: NaN, expected a finite difference',
    )
  })
})
