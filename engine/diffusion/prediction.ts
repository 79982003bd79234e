import type { Denoiser, Network, NoiseLevel, Prediction } from '../machine/denoiser.ts'
import { scale, weightedSum } from '../tensor/arithmetic.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/*
 * Letters of the papers: ᾱ = 1/(1 + sigma²), x_t = x/√(1 + sigma²), x_0 = clean.
 * In variance-exploding coordinates noise = (x − clean)/sigma and
 * v = √ᾱ·noise − √(1 − ᾱ)·clean = √(1 + sigma²)/sigma · (x/(1 + sigma²) − clean).
 */

/** The denoiser that a network amounts to. The network is called at once, so that two denoisers can share one batch. */
export const denoiserOf =
  (network: Network, prediction: Prediction): Denoiser =>
  async (x, level) =>
    cleanFromOutput(await network(networkInput(x, level), level.timestep), x, level, prediction)

/** What the network sees: x/√(1 + sigma²), variance about 1. */
export const networkInput = (x: NdArray, { sigma }: NoiseLevel): NdArray => scale(x, 1 / Math.hypot(1, sigma))

/**
 * Clean latents from a network's raw output.
 *
 * @param x  noisy latents, variance-exploding, the shape of `output`
 * @throws EngineError 'shape-mismatch'
 * @source epsilon: Ho et al. 2020, arXiv:2006.11239, eq. 15; v: Salimans and Ho 2022, arXiv:2202.00512, appendix D
 */
export const cleanFromOutput = (
  output: NdArray,
  x: NdArray,
  { sigma }: NoiseLevel,
  prediction: Prediction,
): NdArray => {
  switch (prediction) {
    case 'epsilon':
      return weightedSum([1, x], [-sigma, output])
    case 'v_prediction':
      return weightedSum([1 / (1 + sigma ** 2), x], [-sigma / Math.hypot(1, sigma), output])
  }
}

/** The raw output that leads to `clean`: the inverse of `cleanFromOutput`, for sigma > 0. @throws EngineError 'shape-mismatch' */
export const outputFromClean = (clean: NdArray, x: NdArray, { sigma }: NoiseLevel, prediction: Prediction): NdArray => {
  switch (prediction) {
    case 'epsilon':
      return weightedSum([1 / sigma, x], [-1 / sigma, clean])
    case 'v_prediction': {
      const length = Math.hypot(1, sigma)
      return weightedSum([1 / (sigma * length), x], [-length / sigma, clean])
    }
  }
}

/** The noise in `x` if `clean` is behind it, for sigma > 0. @throws EngineError 'shape-mismatch' */
export const noiseFromClean = (clean: NdArray, x: NdArray, level: NoiseLevel): NdArray =>
  outputFromClean(clean, x, level, 'epsilon')
