import { EngineError } from '../contract/failures.ts'
import type { GenerateRequest } from '../contract/records.ts'
import { buildSchedule } from '../diffusion/schedule.ts'
import { scheduleOfStrength, startFromLatents, startFromNoise } from '../diffusion/start.ts'
import { flatten, toTensor } from '../image/pixels.ts'
import { resize } from '../image/resize.ts'
import type { Schedule } from '../machine/denoiser.ts'
import type { ModelTraits } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { noiseStream } from '../tensor/noise-stream.ts'
import type { GenerateInput } from './generate-image.ts'
import type { ResolvedRequest } from './resolve-request.ts'

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
export const startOf = async (
  { machine, request, image }: GenerateInput,
  { sampler, schedule: kind, width, height }: ResolvedRequest,
  schedule: Schedule,
  noise: NdArray,
): Promise<NdArray> => {
  if (request.image === undefined) return startFromNoise(noise, schedule, sampler, kind)
  if (image === undefined) {
    throw new EngineError('bad-argument', {
      where: 'img2img',
      found: 'no pixels',
      expected: `those of ${request.image.source}`,
    })
  }
  const picture = resize(toTensor(flatten(image)), { width, height }, width < image.width ? 'area' : 'bilinear')
  return startFromLatents(await machine.encodeImage(picture), noise, schedule)
}

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
