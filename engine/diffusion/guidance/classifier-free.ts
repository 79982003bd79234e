import type { Denoiser } from '../../machine/denoiser.ts'
import { weightedSum } from '../../tensor/arithmetic.ts'

export interface ClassifierFree {
  /** With the prompt. */
  readonly conditional: Denoiser
  /** With the negative prompt, or with none. */
  readonly negative: Denoiser
  /** 1 = the prompt alone (`negative` is then never called), higher = further away from `negative`. */
  readonly scale: number
}

/**
 * Classifier-free guidance: negative + scale · (conditional − negative).
 * Both are asked in the same turn, so that a machine may put them into one batch.
 *
 * @source Ho and Salimans 2022, arXiv:2207.12598, eq. 6; here scale = 1 + w, on clean latents, which is the same since
 *   the raw output depends on them linearly
 */
export const classifierFree = ({ conditional, negative, scale }: ClassifierFree): Denoiser => {
  if (scale === 1) return conditional
  return async (x, level) => {
    const [withPrompt, without] = await Promise.all([conditional(x, level), negative(x, level)])
    return weightedSum([scale, withPrompt], [1 - scale, without])
  }
}
