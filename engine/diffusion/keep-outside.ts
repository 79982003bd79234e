import type { NoiseLevel } from '../machine/denoiser.ts'
import { expectSameShape } from '../tensor/arithmetic.ts'
import type { NdArray } from '../tensor/nd-array.ts'

interface KnownLatents {
  /** Clean latents of the picture that is kept, [1, C, h, w]. */
  readonly latents: NdArray
  /** Standard normal, same shape; the same at every step, and that of the start. */
  readonly noise: NdArray
  /** How much of each cell may change, 0 … 1, [h, w]. */
  readonly coverage: NdArray
}

/**
 * What is done after each step so that a picture stays as it is where nothing may change:
 * x ← m x + (1 − m)(latents + sigma_next noise), and in the last step without noise.
 *
 * @throws EngineError 'shape-mismatch' where latents and noise differ
 * @source Avrahami et al. 2022 (blended diffusion), arXiv:2111.14818, algorithm 1; in latents as diffusers 0.42,
 *   StableDiffusionInpaintPipeline for networks of plain inputs
 */
export const keepOutside = ({ latents, noise, coverage }: KnownLatents) => {
  expectSameShape('keepOutside', noise, latents)
  const area = coverage.data.length
  return (x: NdArray, { sigma }: NoiseLevel, isLast: boolean): NdArray => {
    expectSameShape('keepOutside', x, latents)
    const spread = isLast ? 0 : sigma
    const data = x.data.map((value, i) => {
      const share = coverage.data[i % area] ?? 0
      const known = (latents.data[i] ?? 0) + spread * (noise.data[i] ?? 0)
      return share * value + (1 - share) * known
    })
    return { shape: x.shape, data }
  }
}
