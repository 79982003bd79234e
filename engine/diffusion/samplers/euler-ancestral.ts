import { alongSchedule } from './along-schedule.ts'
import { ancestralStep } from './ancestral-step.ts'
import type { Sampler } from './sampler.ts'

/** Euler's method with fresh noise in each step ("Euler a"). @source Crowson, k-diffusion: sample_euler_ancestral */
export const eulerAncestral: Sampler = alongSchedule(async ({ x, now, next, denoise, eta = 1, noise }) => {
  const clean = await denoise(x, now)
  return { x: ancestralStep({ x, clean, now, next, eta, noise }), clean }
})
