import { isInpainting, type ModelFiles } from '../checkpoint/model-files.ts'
import type { AttendCall, Attended, Machine, PredictCall } from '../machine/machine.ts'
import { vaeFactor } from '../networks/vae/vae.ts'
import { ndArray, type NdArray } from '../tensor/nd-array.ts'

type Runs = Pick<Machine, 'predict' | 'attend'>
type Parts = Pick<ModelFiles, 'unet' | 'vae'>

/**
 * Lets an inpainting network draw whole pictures: to noisy latents that come alone it adds what such a network reads behind
 * them, a mask of ones and the latents of the picture that is left under it, which is empty (mid-grey). Other networks, and
 * samples that have all channels, are passed on as they are.
 *
 * @source AUTOMATIC1111 stable-diffusion-webui 1.10, processing.py, txt2img_image_conditioning; the same as diffusers'
 *   StableDiffusionInpaintPipeline with a white mask
 */
export const withWholeMask = (files: Parts, encodeImage: Machine['encodeImage'], { predict, attend }: Runs): Runs => {
  if (!isInpainting(files)) return { predict, attend }
  const complete = sampleCompleter(files, encodeImage)
  return {
    predict: async (call) => predict(await complete(call)),
    attend: async (call) => onLatents(await attend(await complete(call)), call),
  }
}

const sampleCompleter = ({ vae: { config } }: Parts, encodeImage: Machine['encodeImage']) => {
  const factor = vaeFactor(config)
  const emptyLatents = lastOfSize((height, width) => {
    const shape = [1, config.in_channels, height * factor, width * factor]
    return encodeImage(ndArray(shape, new Float32Array(config.in_channels * height * width * factor ** 2)))
  })
  return async <Call extends PredictCall>(call: Call): Promise<Call> => {
    const [, channels = 1, height = 1, width = 1] = call.sample.shape
    if (channels !== config.latent_channels) return call
    const mask = new Float32Array(height * width).fill(1)
    const empty = await emptyLatents(height, width)
    return { ...call, sample: joinChannels([call.sample.data, mask, empty.data], height, width) }
  }
}

/** Remembers what was made for the last size: every step asks for the same. */
const lastOfSize = (make: (height: number, width: number) => Promise<NdArray>) => {
  let last: { readonly key: string; readonly made: Promise<NdArray> } | undefined
  return (height: number, width: number): Promise<NdArray> => {
    const key = `${height} x ${width}`
    if (last?.key === key) return last.made
    const made = make(height, width)
    last = { key, made }
    // a failure is told to whoever asked, and tried again by the next
    made.catch(() => {
      if (last?.made === made) last = undefined
    })
    return made
  }
}

/** Channels one after the other, [1, C, h, w]. */
const joinChannels = (parts: readonly Float32Array[], height: number, width: number): NdArray => {
  const data = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let start = 0
  for (const part of parts) {
    data.set(part, start)
    start += part.length
  }
  return { shape: [1, data.length / (height * width), height, width], data }
}

/** The gradient with respect to the latents that were given; nobody moves the mask. */
const onLatents = (attended: Attended, { sample: { shape, data } }: AttendCall): Attended => {
  const { guide } = attended
  if (guide === undefined) return attended
  return { ...attended, guide: { ...guide, gradient: { shape, data: guide.gradient.data.slice(0, data.length) } } }
}
