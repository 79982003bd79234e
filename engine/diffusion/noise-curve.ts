import { EngineError } from '../contract/failures.ts'
import type { NoiseConfig } from '../machine/noise-config.ts'

/** How much noise each training step has, in the precision torch and diffusers have it. */
export interface NoiseCurve {
  /** ᾱ of training step 0, 1, ..., float32, falling. */
  readonly alphasCumprod: Float32Array
  /** √((1 − ᾱ)/ᾱ) of each step, float32, rising. */
  readonly sigmas: Float32Array
}

/**
 * The noise of every training step of a model.
 *
 * @throws EngineError 'config-invalid' when there are no betas or one is outside 0 … 1
 * @source betas as diffusers 0.42 makes them: float32, cumulative product summed up in float64
 */
export const noiseCurve = (config: NoiseConfig): NoiseCurve => {
  const betas = trainingBetas(config)
  const invalid = betas.findIndex((beta) => !(beta >= 0 && beta < 1))
  if (betas.length === 0 || invalid !== -1) {
    throw new EngineError('config-invalid', {
      where: 'scheduler_config.json',
      found: betas.length === 0 ? 'no training steps' : `beta ${betas[invalid] ?? Number.NaN} at step ${invalid}`,
      expected: 'betas from 0 to below 1',
    })
  }
  const rescale = config.rescaleBetasZeroSnr
  const alphasCumprod = cumulativeProduct(alphasOf(rescale ? rescaleToZeroSnr(betas) : betas))
  // A last step without any signal would have an infinite sigma; diffusers takes the smallest half float instead
  if (rescale) alphasCumprod[alphasCumprod.length - 1] = 2 ** -24
  const sigmas = alphasCumprod.map((alpha) => Math.sqrt(Math.fround(Math.fround(1 - alpha) / alpha)))
  return { alphasCumprod, sigmas }
}

const trainingBetas = (config: NoiseConfig): Float32Array => {
  if (config.trainedBetas !== undefined) return Float32Array.from(config.trainedBetas)
  const { betaStart, betaEnd, numTrainTimesteps } = config
  switch (config.betaSchedule) {
    case 'linear':
      return linspace(betaStart, betaEnd, numTrainTimesteps)
    case 'scaled_linear':
      return linspace(Math.sqrt(betaStart), Math.sqrt(betaEnd), numTrainTimesteps).map((root) => root * root)
    case 'squaredcos_cap_v2':
      return Float32Array.from({ length: numTrainTimesteps }, (_, i) => {
        const kept = alphaBarOfCosine((i + 1) / numTrainTimesteps) / alphaBarOfCosine(i / numTrainTimesteps)
        return Math.min(1 - kept, 0.999)
      })
  }
}

/** @source Nichol and Dhariwal 2021, arXiv:2102.09672, eq. 17 */
const alphaBarOfCosine = (time: number): number => Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2

/** `torch.linspace` in float32: from both ends to the middle, with one rounding per value (the product is fused). */
const linspace = (start: number, end: number, count: number): Float32Array => {
  const first = Math.fround(start)
  const last = Math.fround(end)
  const step = Math.fround(Math.fround(last - first) / Math.fround(count - 1))
  return Float32Array.from({ length: count }, (_, i) =>
    i < count / 2 ? first + step * i : last - step * (count - 1 - i),
  )
}

const alphasOf = (betas: Float32Array): Float32Array => betas.map((beta) => 1 - beta)

/** `torch.cumprod` on CPU: the running product is a double, what is stored a single. */
const cumulativeProduct = (factors: Float32Array): Float32Array => {
  let product = 1
  return factors.map((factor) => (product *= factor))
}

/** Shifts and stretches √ᾱ so that it ends at 0 and starts where it did. @source Lin et al. 2023, arXiv:2305.08891, algorithm 1 */
const rescaleToZeroSnr = (betas: Float32Array): Float32Array => {
  const roots = cumulativeProduct(alphasOf(betas)).map((alpha) => Math.sqrt(alpha))
  const first = roots[0] ?? Number.NaN
  const last = roots.at(-1) ?? Number.NaN
  const stretch = Math.fround(first / Math.fround(first - last))
  const stretched = roots.map((root) => Math.fround(root - last) * stretch).map((root) => root * root)
  return stretched.map((alpha, i) => 1 - Math.fround(i === 0 ? alpha : alpha / (stretched[i - 1] ?? Number.NaN)))
}
