import type { Prediction } from '../../../engine/machine/denoiser.ts'
import type { NoiseConfig } from '../../../engine/machine/noise-config.ts'

/** The noise that every Stable Diffusion is trained with. */
export const stableDiffusionNoise = (predictionType: Prediction = 'epsilon'): NoiseConfig => ({
  predictionType,
  betaSchedule: 'scaled_linear',
  betaStart: 0.00085,
  betaEnd: 0.012,
  numTrainTimesteps: 1000,
  stepsOffset: 1,
  setAlphaToOne: false,
  rescaleBetasZeroSnr: false,
})
