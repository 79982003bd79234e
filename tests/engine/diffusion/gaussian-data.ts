import { denoiserOf, outputFromClean } from '../../../engine/diffusion/prediction.ts'
import type { Denoiser, Network, NoiseLevel, Prediction } from '../../../engine/machine/denoiser.ts'
import { weightedSum } from '../../../engine/tensor/arithmetic.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'

/** Clean latents whose every element is normal with this mean and deviation: every right answer is then a formula. */
export const gaussian = { mean: 0.8, deviation: 0.6 } as const

/** The best possible denoiser of Gaussian data: E[clean | x] = (s²·x + sigma²·mean)/(s² + sigma²). */
export const gaussianDenoiser: Denoiser = async (x, { sigma }) => posteriorMean(x, sigma)

const posteriorMean = ({ shape, data }: NdArray, sigma: number): NdArray => {
  const { mean, deviation } = gaussian
  const share = deviation ** 2 / (deviation ** 2 + sigma ** 2)
  return { shape, data: data.map((value) => share * value + (1 - share) * mean) }
}

/** The network behind `gaussianDenoiser`, which must know sigma since its timestep alone would do for a real one. */
export const gaussianNetwork =
  (levels: readonly NoiseLevel[], prediction: Prediction): Network =>
  async (input, timestep) => {
    const level = levels.find((known) => known.timestep === timestep)
    if (level === undefined) throw new Error(`no level of the schedule has timestep ${timestep}`)
    const x = weightedSum([Math.hypot(1, level.sigma), input])
    return outputFromClean(posteriorMean(x, level.sigma), x, level, prediction)
  }

/** The same denoiser by way of a network's raw output. */
export const gaussianDenoiserOf = (levels: readonly NoiseLevel[], prediction: Prediction): Denoiser =>
  denoiserOf(gaussianNetwork(levels, prediction), prediction)

/** Where the probability-flow ODE carries `x` from sigma `from` to sigma `to`. */
export const exactFlow = ({ shape, data }: NdArray, from: number, to: number): NdArray => {
  const { mean, deviation } = gaussian
  const factor = Math.hypot(deviation, to) / Math.hypot(deviation, from)
  return { shape, data: data.map((value) => mean + (value - mean) * factor) }
}
