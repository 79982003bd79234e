import type { Attended, AttendCall, Machine, PredictCall } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/** What a network for inpainting sees beside the noisy latents. */
export interface InpaintingInput {
  /** 1 where it paints, else 0, [h, w]. */
  readonly mask: NdArray
  /** Latents of the picture with what is painted taken out, [1, C, h, w]. */
  readonly masked: NdArray
}

/**
 * The same machine for methods that know nothing of inpainting: its network takes noisy latents alone. Mask and masked
 * latents go behind them, unscaled.
 *
 * @source diffusers 0.42, StableDiffusionInpaintPipeline: latents, mask, masked latents, in this order
 */
export const inpaintingMachine = (machine: Machine, { mask, masked }: InpaintingInput): Machine => {
  const behind = new Float32Array(mask.data.length + masked.data.length)
  behind.set(mask.data)
  behind.set(masked.data, mask.data.length)
  const whole = <Call extends PredictCall>(call: Call): Call => ({ ...call, sample: joined(call.sample, behind) })
  return {
    ...machine,
    predict: (call) => machine.predict(whole(call)),
    attend: async (call: AttendCall): Promise<Attended> => {
      const attended = await machine.attend(whole(call))
      if (attended.guide === undefined) return attended
      const { loss, gradient } = attended.guide
      // What lies behind the latents is given, and not to be moved.
      const own = { shape: call.sample.shape, data: gradient.data.slice(0, call.sample.data.length) }
      return { ...attended, guide: { loss, gradient: own } }
    },
  }
}

/** [1, C, h, w] and what comes behind it → [1, C + more, h, w]. */
const joined = ({ shape, data }: NdArray, behind: Float32Array): NdArray => {
  const [, , height = 1, width = 1] = shape
  const all = new Float32Array(data.length + behind.length)
  all.set(data)
  all.set(behind, data.length)
  return { shape: [1, all.length / (height * width), height, width], data: all }
}
