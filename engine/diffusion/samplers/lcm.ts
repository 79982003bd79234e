import { weightedSum } from '../../tensor/arithmetic.ts'
import { alongSchedule } from './along-schedule.ts'
import type { Sampler } from './sampler.ts'

/** Spread of the training data and stretch of the timesteps that latent consistency models are distilled with. */
const dataDeviation = 0.5
const timestepScale = 10

/**
 * Multistep consistency sampling for models distilled to few steps (LCM, LCM LoRA): jump to clean, add new noise.
 *
 * @source Luo et al. 2023, arXiv:2310.04378, Alg. 3; scalings of the boundary condition from diffusers 0.42
 */
export const lcm: Sampler = alongSchedule(async ({ x, now, next, denoise, noise }) => {
  const predicted = await denoise(x, now)
  const scaled = now.timestep * timestepScale
  const length = Math.hypot(scaled, dataDeviation)
  const skip = (dataDeviation / length) ** 2
  // The skip connection sees the network's input, x/√(1 + sigma²)
  const clean = weightedSum([scaled / length, predicted], [skip / Math.hypot(1, now.sigma), x])
  return { x: next.sigma === 0 ? clean : weightedSum([1, clean], [next.sigma, noise()]), clean }
})
