import type { GenerateRequest } from '../contract/records.ts'
import { buildSchedule } from '../diffusion/schedule.ts'
import { scheduleOfStrength, startFromLatents, startFromNoise } from '../diffusion/start.ts'
import type { Schedule } from '../machine/denoiser.ts'
import type { ModelTraits } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { noiseStream } from '../tensor/noise-stream.ts'
import type { ResolvedRequest } from './resolve-request.ts'
import type { StartPicture } from './start-picture.ts'

/** All steps, or the last of them when the request starts from a picture. */
export const scheduleOf = (request: GenerateRequest, resolved: ResolvedRequest, { noise }: ModelTraits): Schedule => {
  const whole = buildSchedule({
    sampler: resolved.sampler,
    config: noise,
    kind: resolved.schedule,
    steps: request.steps,
  })
  return request.image === undefined ? whole : scheduleOfStrength(whole, request.image.strength)
}

/** Noise alone, or a picture's latents with the noise of the first level. */
export const startOf = (
  start: StartPicture | null,
  { sampler, schedule: kind }: ResolvedRequest,
  schedule: Schedule,
  noise: NdArray,
): NdArray =>
  start === null ? startFromNoise(noise, schedule, sampler, kind) : startFromLatents(start.latents, noise, schedule)

/** Noise of the start and of every noisy step, all from the picture's seed (and its variation seed). */
export const noiseOf = (
  request: GenerateRequest,
  seed: bigint,
  channels: number,
  { width, height }: ResolvedRequest,
  factor: number,
) => {
  const { variationSeed, variationStrength = 0 } = request
  const shape = [channels, height / factor, width / factor]
  if (variationSeed === undefined) return noiseStream({ seeds: [seed], shape })
  return noiseStream({
    seeds: [seed],
    shape,
    variation: { seeds: [BigInt(variationSeed)], strength: variationStrength },
  })
}
