import { EngineError } from '../contract/failures.ts'
import type { Schedule } from '../machine/denoiser.ts'
import { scale, weightedSum } from '../tensor/arithmetic.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { levelAt } from './samplers/along-schedule.ts'
import type { SamplerEntry } from './samplers/samplers.ts'
import type { ScheduleKind } from './schedule-kind.ts'

/**
 * The latents a sampler starts from when it starts from nothing but noise.
 *
 * @param noise  standard normal, [B, C, h, w]
 * @source diffusers 0.42, init_noise_sigma: Euler and its kin start with sigma, with `leading` spacing and all others
 *   with √(1 + sigma²)
 */
export const startFromNoise = (
  noise: NdArray,
  schedule: Schedule,
  sampler: Pick<SamplerEntry, 'startsWith'>,
  kind: ScheduleKind,
): NdArray => {
  const { sigma } = levelAt(schedule, 0)
  return scale(noise, sampler.startsWith === 'sigma' && kind !== 'leading' ? sigma : Math.hypot(1, sigma))
}

/**
 * The last steps of a schedule, as many as changing a picture by `strength` takes.
 *
 * @param strength  0 (keep it; no step at all) … 1 (the whole schedule)
 * @throws EngineError 'bad-argument' when `strength` is outside 0 … 1
 * @source diffusers 0.42, StableDiffusionImg2ImgPipeline.get_timesteps
 */
export const scheduleOfStrength = (schedule: Schedule, strength: number): Schedule => {
  if (!(strength >= 0 && strength <= 1)) {
    throw new EngineError('bad-argument', { where: 'strength', found: `${strength}`, expected: '0 to 1' })
  }
  const steps = schedule.length - 1
  const left = Math.trunc(steps * strength)
  // without a step nothing would take away the noise that some schedules end with
  return left === 0 ? [{ ...levelAt(schedule, steps), sigma: 0 }] : schedule.slice(steps - left)
}

/**
 * The latents a sampler starts from when it starts from a picture: the picture's own, with the noise of the first level.
 *
 * @param latents  clean latents, [B, C, h, w]
 * @param noise    standard normal, same shape
 * @throws EngineError 'shape-mismatch'
 */
export const startFromLatents = (latents: NdArray, noise: NdArray, schedule: Schedule): NdArray =>
  weightedSum([1, latents], [levelAt(schedule, 0).sigma, noise])
