import { lerp } from '../../tensor/arithmetic.ts'
import { alongSchedule } from './along-schedule.ts'
import type { Sampler } from './sampler.ts'

/** Euler's method on dx/dsigma = (x − clean)/sigma. @source Karras et al. 2022, arXiv:2206.00364, Alg. 1 with one evaluation */
export const euler: Sampler = alongSchedule(async ({ x, now, next, denoise }) => {
  const clean = await denoise(x, now)
  return { x: lerp(clean, x, next.sigma / now.sigma), clean }
})
