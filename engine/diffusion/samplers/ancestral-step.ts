import type { NoiseLevel } from '../../machine/denoiser.ts'
import { lerp, weightedSum } from '../../tensor/arithmetic.ts'
import type { NdArray } from '../../tensor/nd-array.ts'

export interface AncestralStep {
  /** Noisy latents at `now`, [B, C, h, w]. */
  readonly x: NdArray
  /** Clean latents predicted from them. */
  readonly clean: NdArray
  readonly now: NoiseLevel
  /** 0 ≤ next.sigma ≤ now.sigma */
  readonly next: NoiseLevel
  /** 0 (deterministic) … 1 (as noisy as DDPM) */
  readonly eta: number
  /** Called only when the step is noisy (eta > 0 and next.sigma > 0). */
  readonly noise: () => NdArray
}

/**
 * One step to the next noise level that takes away more noise than asked and puts fresh noise back.
 * In variance-exploding coordinates this one formula is DDIM, DDPM (eta 1), Euler (eta 0) and Euler ancestral (eta 1):
 * they differ in their schedules only.
 *
 * @returns latents at `next`, same shape
 * @throws EngineError 'shape-mismatch'
 * @source Song et al. 2021, arXiv:2010.02502, eq. 12 and 16; here clean = f_θ(x_t), sigma = √((1−ᾱ)/ᾱ),
 *   fresh = σ_t·√(1 + next.sigma²)
 */
export const ancestralStep = ({ x, clean, now, next, eta, noise }: AncestralStep): NdArray => {
  const fresh = eta * (next.sigma / now.sigma) * Math.sqrt(now.sigma ** 2 - next.sigma ** 2)
  if (fresh === 0) return lerp(clean, x, next.sigma / now.sigma)
  const kept = Math.sqrt(next.sigma ** 2 - fresh ** 2) / now.sigma
  return weightedSum([1 - kept, clean], [kept, x], [fresh, noise()])
}
