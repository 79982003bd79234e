import { weightedSum } from '../../tensor/arithmetic.ts'
import { alongSchedule } from './along-schedule.ts'
import { extrapolateClean } from './extrapolate-clean.ts'
import type { Sampler } from './sampler.ts'

/**
 * The stochastic form of DPM++ 2M (midpoint): as much noise is put back as DDPM would.
 *
 * @source Lu et al. 2022, arXiv:2211.01095, appendix on SDE-DPM-Solver++;
 *   x ← (s_t/s_s)e^−h x + (1 − e^−2h) D + s_t √(1 − e^−2h) n, with e^−h = next.sigma/sigma
 */
export const dpmpp2mSde: Sampler = alongSchedule(async ({ x, now, next, index, schedule, denoise, noise, history }) => {
  const clean = await denoise(x, now)
  const target = extrapolateClean({ clean, before: history[0], previous: schedule[index - 1], now, next })
  if (next.sigma === 0) return { x: target, clean, history: [clean] }
  const kept = (next.sigma / now.sigma) ** 2
  const fresh = next.sigma * Math.sqrt(1 - kept)
  return { x: weightedSum([kept, x], [1 - kept, target], [fresh, noise()]), clean, history: [clean] }
})
