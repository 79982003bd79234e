import { lerp, weightedSum } from '../../tensor/arithmetic.ts'
import { alongSchedule } from './along-schedule.ts'
import type { Sampler } from './sampler.ts'

/**
 * Heun's method: Euler's step, then once more with the mean of the slopes at both ends; two evaluations per step but
 * the last. @source Karras et al. 2022, arXiv:2206.00364, Alg. 1
 */
export const heun: Sampler = alongSchedule(async ({ x, now, next, denoise }) => {
  const clean = await denoise(x, now)
  const ahead = lerp(clean, x, next.sigma / now.sigma)
  if (next.sigma === 0) return { x: ahead, clean }
  const cleanAhead = await denoise(ahead, next)
  // x + (next − now) · mean of (x − clean)/now and (ahead − cleanAhead)/next
  const half = (next.sigma - now.sigma) / 2
  const corrected = weightedSum(
    [1 + half / now.sigma, x],
    [-half / now.sigma, clean],
    [half / next.sigma, ahead],
    [-half / next.sigma, cleanAhead],
  )
  return { x: corrected, clean: cleanAhead }
})
