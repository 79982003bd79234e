import type { NoiseConfig } from '../../machine/noise-config.ts'
import type { ClipActivation } from '../config/clip-config.ts'
import type { RawConfig } from '../config/parse-config-json.ts'
import type { TimestepSpacing } from '../config/scheduler-config.ts'

/** A text tower inside a single file. */
export interface TowerOfFamily {
  /** Before every key of the tower. */
  readonly prefix: string
  /** `transformers`: separate q, k, v; `open-clip`: fused in_proj, other names, projection stored transposed. */
  readonly layout: 'transformers' | 'open-clip'
  /** Blocks at the end that the family never uses. */
  readonly unusedLayers: number
  readonly hasProjection: boolean
  readonly hiddenAct: ClipActivation
  /** Text of the token that fills up a short prompt. */
  readonly padToken: string
}

/** What a single file of a family cannot say about itself. */
export interface Family {
  readonly name: 'sd1' | 'sd2' | 'sdxl'
  /** For messages, such as `Stable Diffusion 1.x`. */
  readonly title: string
  /** Either as many heads at every level, or as many channels in every head. */
  readonly heads: { readonly count: number } | { readonly channels: number }
  /** Settings of the UNet beside what its shapes say. */
  readonly unet: RawConfig
  readonly vae: RawConfig
  readonly textEncoders: readonly TowerOfFamily[]
  readonly schedulerClass: string
  readonly timestepSpacing: TimestepSpacing
  readonly noise: NoiseConfig
  readonly forceZerosForEmptyPrompt: boolean
}

/** Every Stable Diffusion was trained with these betas. @source Rombach et al. 2022, arXiv:2112.10752, CompVis configuration */
export const stableDiffusionNoise: NoiseConfig = {
  predictionType: 'epsilon',
  betaSchedule: 'scaled_linear',
  betaStart: 0.00085,
  betaEnd: 0.012,
  numTrainTimesteps: 1000,
  stepsOffset: 1,
  setAlphaToOne: false,
  rescaleBetasZeroSnr: false,
}

export const clipEndToken = '<|endoftext|>'
/** Id 0 of CLIP's vocabulary, which OpenCLIP pads with. */
export const clipFirstToken = '!'
