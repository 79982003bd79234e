import type { NoiseLevel } from '../../machine/denoiser.ts'
import { weightedSum } from '../../tensor/arithmetic.ts'
import type { NdArray } from '../../tensor/nd-array.ts'

export interface Extrapolation {
  /** Clean latents predicted in this step, at `now`. */
  readonly clean: NdArray
  /** Those of the step before; absent in the first step. */
  readonly before: NdArray | undefined
  /** The level of the step before. */
  readonly previous: NoiseLevel | undefined
  readonly now: NoiseLevel
  readonly next: NoiseLevel
}

/**
 * The clean latents half-way to `next` in λ = −ln sigma, from those of this step and the one before (2M's D).
 * The first step, and the one to sigma 0 (infinitely long in λ), take `clean` as it is.
 *
 * @throws EngineError 'shape-mismatch'
 * @source Lu et al. 2022, arXiv:2211.01095, Alg. 2: D = m + (m − m_before)/(2r), r = h_before/h
 */
export const extrapolateClean = ({ clean, before, previous, now, next }: Extrapolation): NdArray => {
  if (before === undefined || previous === undefined || next.sigma === 0) return clean
  const ratio = Math.log(previous.sigma / now.sigma) / Math.log(now.sigma / next.sigma)
  return weightedSum([1 + 0.5 / ratio, clean], [-0.5 / ratio, before])
}
