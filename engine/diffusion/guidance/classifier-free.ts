import type { Denoiser } from '../../machine/denoiser.ts'
import type { Guidance } from './guidance.ts'
import { guide } from './guide.ts'

/** Classifier-free guidance in every step. With scale 1 `negative` is never called. See `guide`. */
export const classifierFree: Guidance = ({ conditional, negative, ...strength }) => {
  const denoise: Denoiser = async (x, level) => {
    // Both are asked in the same turn, so that a machine may put them into one batch
    const [withPrompt, without] = await Promise.all([conditional(x, level), negative(x, level)])
    return guide({ conditional: withPrompt, negative: without }, x, level, strength)
  }
  return { denoise: strength.scale === 1 ? conditional : denoise, state: () => [] }
}
