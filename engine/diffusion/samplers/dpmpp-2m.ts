import { lerp } from '../../tensor/arithmetic.ts'
import { alongSchedule } from './along-schedule.ts'
import { extrapolateClean } from './extrapolate-clean.ts'
import type { Sampler } from './sampler.ts'

/**
 * DPM-Solver++ of second order with the memory of one step ("DPM++ 2M"), deterministic.
 *
 * @source Lu et al. 2022, arXiv:2211.01095, Alg. 2; here x is divided by the paper's α, so s_t/s_s·x − α(e^−h − 1)·D
 *   becomes a line from D to x
 */
export const dpmpp2m: Sampler = alongSchedule(async ({ x, now, next, index, schedule, denoise, history }) => {
  const clean = await denoise(x, now)
  const target = extrapolateClean({ clean, before: history[0], previous: schedule[index - 1], now, next })
  return { x: lerp(target, x, next.sigma / now.sigma), clean, history: [clean] }
})
