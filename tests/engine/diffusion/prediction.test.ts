import { describe, expect, it } from 'vitest'
import { cleanFromOutput, denoiserOf, noiseFromClean, outputFromClean } from '../../../engine/diffusion/prediction.ts'
import type { Prediction } from '../../../engine/machine/denoiser.ts'
import { scale, weightedSum } from '../../../engine/tensor/arithmetic.ts'
import { torchRandn } from '../../../engine/tensor/torch-noise.ts'
import { relativeError } from '../../reference/relative-error.ts'

const shape = [2, 4, 8, 8]
const clean = torchRandn(shape, 1)
const noise = torchRandn(shape, 2)
const predictions: readonly Prediction[] = ['epsilon', 'v_prediction']
const cases = predictions.flatMap((prediction) => [0.03, 1, 14.6].map((sigma) => ({ prediction, sigma })))

describe('what a network predicts', () => {
  it.each(cases)('$prediction at sigma $sigma goes to clean latents and back', ({ prediction, sigma }) => {
    const level = { sigma, timestep: 500 }
    const x = weightedSum([1, clean], [sigma, noise])
    const output = outputFromClean(clean, x, level, prediction)
    const alpha = 1 / Math.hypot(1, sigma)
    // By definition: epsilon is the noise, v = α·noise − s·clean
    const expected = prediction === 'epsilon' ? noise : weightedSum([alpha, noise], [-sigma * alpha, clean])
    // At a small sigma the noise is what is left of nearly equal numbers: float32's 6e-8 over 0.03
    const tolerance = 1e-6 * Math.max(1, 0.2 / sigma)
    expect(relativeError(output.data, expected.data)).toBeLessThan(tolerance)
    expect(relativeError(noiseFromClean(clean, x, level).data, noise.data)).toBeLessThan(tolerance)
    expect(relativeError(cleanFromOutput(output, x, level, prediction).data, clean.data)).toBeLessThan(
      1e-6 * Math.max(1, sigma),
    )
  })

  it('shows the network latents of variance 1, and its timestep', async () => {
    const level = { sigma: 3, timestep: 412.5 }
    const x = scale(noise, 3)
    const seen: unknown[] = []
    const denoise = denoiserOf(async (input, timestep) => {
      seen.push(input, timestep)
      return input
    }, 'epsilon')
    await denoise(x, level)
    expect(seen).toEqual([scale(x, 1 / Math.hypot(1, 3)), 412.5])
  })

  it('calls the networks of two denoisers in the same turn, so that they can share a batch', async () => {
    let calls = 0
    const denoise = denoiserOf(async (input) => {
      calls += 1
      return input
    }, 'v_prediction')
    const both = [denoise(clean, { sigma: 1, timestep: 1 }), denoise(clean, { sigma: 1, timestep: 1 })]
    expect(calls).toBe(2)
    await Promise.all(both)
  })

  it('refuses an output of another shape', () => {
    expect(() => cleanFromOutput(torchRandn([1], 1), clean, { sigma: 1, timestep: 1 }, 'epsilon')).toThrow(
      expect.objectContaining({ code: 'shape-mismatch' }),
    )
  })
})
