import { alongSchedule } from './along-schedule.ts'
import { ancestralStep } from './ancestral-step.ts'
import type { Sampler } from './sampler.ts'

/** Denoising diffusion implicit model; deterministic unless `eta` is above 0. @source Song et al. 2021, arXiv:2010.02502, eq. 12 */
export const ddim: Sampler = alongSchedule(async ({ x, now, next, denoise, eta = 0, noise }) => {
  const clean = await denoise(x, now)
  return { x: ancestralStep({ x, clean, now, next, eta, noise }), clean }
})
