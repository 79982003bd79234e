import type { RawPicture } from '../../engine/contract/records.ts'
import { findSampler } from '../../engine/diffusion/find-sampler.ts'
import { guide } from '../../engine/diffusion/guidance/guide.ts'
import { networkInput } from '../../engine/diffusion/prediction.ts'
import { levelAt } from '../../engine/diffusion/samplers/along-schedule.ts'
import { buildSchedule } from '../../engine/diffusion/schedule.ts'
import { startFromNoise } from '../../engine/diffusion/start.ts'
import { toPixels } from '../../engine/image/pixels.ts'
import type { Denoiser, Schedule } from '../../engine/machine/denoiser.ts'
import type { Machine } from '../../engine/machine/machine.ts'
import { noiseStream } from '../../engine/tensor/noise-stream.ts'

const sampler = findSampler('ddim')
const cfgScale = 5

/** The schedule of 20 DDIM steps. */
export const evaluationSchedule = ({ traits }: Machine): Schedule =>
  buildSchedule({ sampler, config: traits.noise, kind: sampler.defaultSchedule, steps: 20 })

interface Sides {
  readonly conditional: Denoiser
  readonly negative: Denoiser
}

/** One picture of the model's own size from the two sides of guidance, 20 steps of DDIM at scale 5. */
export const drawPrompt = async (
  machine: Machine,
  { conditional, negative }: Sides,
  seed: bigint,
): Promise<RawPicture> => {
  const { latentChannels, defaultSize, vaeFactor, noise } = machine.traits
  const schedule = evaluationSchedule(machine)
  const shape = [latentChannels, defaultSize.height / vaeFactor, defaultSize.width / vaeFactor]
  const stream = noiseStream({ seeds: [seed], shape })
  const denoise: Denoiser = async (x, level) => {
    const [towards, away] = await Promise.all([conditional(x, level), negative(x, level)])
    const options = { scale: cfgScale, rescale: 0, prediction: noise.predictionType }
    return guide({ conditional: towards, negative: away }, x, level, options)
  }
  const latents = await sampler.sample({
    denoise,
    x: startFromNoise(stream.start(), schedule, sampler, sampler.defaultSchedule),
    schedule,
    noise: stream.ofCall,
    run: { signal: new AbortController().signal, stepped: () => undefined },
  })
  return toPixels(await machine.decodeLatents(networkInput(latents, levelAt(schedule, schedule.length - 1))))
}
