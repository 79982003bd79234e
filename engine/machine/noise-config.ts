import type { Prediction } from './denoiser.ts'

export type BetaSchedule = 'scaled_linear' | 'linear' | 'squaredcos_cap_v2'

/** What a model's `scheduler_config.json` says about the noise it was trained with; names are its keys in camelCase. */
export interface NoiseConfig {
  readonly predictionType: Prediction
  readonly betaSchedule: BetaSchedule
  readonly betaStart: number
  readonly betaEnd: number
  /** 1000 in every published model. */
  readonly numTrainTimesteps: number
  /** Given betas take the place of a schedule. */
  readonly trainedBetas?: readonly number[]
  /** Added to every timestep of `leading` spacing; 1 in Stable Diffusion. */
  readonly stepsOffset: number
  /** false: DDIM ends at the noise of training step 0 instead of at none. */
  readonly setAlphaToOne: boolean
  /** Betas are stretched until the last step holds no signal (Lin et al. 2023, arXiv:2305.08891). */
  readonly rescaleBetasZeroSnr: boolean
}
