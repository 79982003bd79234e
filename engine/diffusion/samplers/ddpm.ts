import { alongSchedule } from './along-schedule.ts'
import { ancestralStep } from './ancestral-step.ts'
import type { Sampler } from './sampler.ts'

/** The original stochastic sampler, with the smaller of its two variances. @source Ho et al. 2020, arXiv:2006.11239, eq. 6 and 7 */
export const ddpm: Sampler = alongSchedule(async ({ x, now, next, denoise, noise }) => {
  const clean = await denoise(x, now)
  return { x: ancestralStep({ x, clean, now, next, eta: 1, noise }), clean }
})
