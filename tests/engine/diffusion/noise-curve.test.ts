import { describe, expect, it } from 'vitest'
import { noiseCurve } from '../../../engine/diffusion/noise-curve.ts'
import { stableDiffusionNoise } from './stable-diffusion-noise.ts'

const config = stableDiffusionNoise()

/** alphas_cumprod at steps 0, 1, 500, 998, 999 and sigmas at 0, 500, 999, as EulerDiscreteScheduler of diffusers 0.42 has them. */
const recorded = [
  {
    name: 'scaled_linear',
    config,
    alphas: [0.9991499781608582, 0.9982960224151611, 0.27633246779441833, 0.004716695751994848, 0.00466009508818388],
    sigmas: [0.02916753478348255, 1.6182796955108643, 14.614646911621094],
  },
  {
    name: 'linear',
    config: { ...config, betaSchedule: 'linear', betaStart: 0.0001, betaEnd: 0.02 },
    alphas: [
      0.9998999834060669, 0.9997800588607788, 0.07779665291309357, 0.00004118194192415103, 0.00004035830352222547,
    ],
    sigmas: [0.010001329705119133, 3.442967414855957, 157.4072723388672],
  },
  {
    name: 'squaredcos_cap_v2',
    config: { ...config, betaSchedule: 'squaredcos_cap_v2' },
    alphas: [
      0.9999586939811707, 0.9999125599861145, 0.4922850430011749, 0.000002428766265438753, 2.4287349909002387e-9,
    ],
    sigmas: [0.006427108775824308, 1.0155508518218994, 20291.302734375],
  },
  {
    name: 'scaled_linear without signal in the last step',
    config: { ...config, rescaleBetasZeroSnr: true },
    alphas: [0.9991499781608582, 0.9982334971427917, 0.2410186380147934, 1.9679633567193378e-7, 5.960464477539063e-8],
    sigmas: [0.02916753478348255, 1.774558186531067, 4096],
  },
] as const

describe('noise curve', () => {
  it.each(recorded)('of $name is that of diffusers', ({ config, alphas, sigmas }) => {
    const curve = noiseCurve(config)
    // Cosine betas go through the C library's cos, and the rescaled ones through torch's square root: last bits differ,
    // and where ᾱ is nearly zero they grow by cancellation
    const tolerance = 2e-6
    for (const [i, step] of [0, 1, 500, 998, 999].entries()) {
      expect(Math.abs((curve.alphasCumprod[step] ?? 0) / (alphas[i] ?? 0) - 1)).toBeLessThan(tolerance)
    }
    for (const [i, step] of [0, 500, 999].entries()) {
      expect(Math.abs((curve.sigmas[step] ?? 0) / (sigmas[i] ?? 0) - 1)).toBeLessThan(tolerance)
    }
  })

  it('takes trained betas as they are', () => {
    const { alphasCumprod } = noiseCurve({ ...config, trainedBetas: [0.5, 0.5] })
    expect([...alphasCumprod]).toEqual([0.5, 0.25])
  })

  it.each([
    ['none', []],
    ['one above 1', [0.1, 1.5]],
    ['one below 0', [-0.1]],
    ['one that is no number', [Number.NaN]],
  ])('refuses trained betas of which there is %s', (_, trainedBetas) => {
    expect(() => noiseCurve({ ...config, trainedBetas })).toThrow(expect.objectContaining({ code: 'config-invalid' }))
  })
})
