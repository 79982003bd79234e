import type { Denoiser, Prediction, Schedule } from '../../machine/denoiser.ts'

/** Turns two denoisers, with the prompt and without, into the one that a sampler follows. */
export type Guidance = (input: GuidanceInput) => GuidedDenoiser

export interface GuidanceInput {
  /** With the prompt. */
  readonly conditional: Denoiser
  /** With the negative prompt, or with none. */
  readonly negative: Denoiser
  /** 1 = the prompt alone, higher = further away from `negative`. */
  readonly scale: number
  /** 0 (off) … 1: how far the guided output is brought back to the spread of the conditional one. */
  readonly rescale: number
  /** What the network behind both denoisers predicts: its own output is what `rescale` measures. */
  readonly prediction: Prediction
  /** The schedule that will be sampled. */
  readonly schedule: Schedule
  /** Cosine from which on adaptive guidance stops, as measured for this model; absent = it never stops. */
  readonly threshold?: number
  /** Share of the steps, 0 … 1, that must stay guided since regions steer there. */
  readonly guidedShare?: number
  /** Goes on behind a checkpoint. */
  readonly resume?: GuidanceState
}

export interface GuidedDenoiser {
  readonly denoise: Denoiser
  /** What `resume` takes; to be kept with the sampler's own state after each step. */
  readonly state: () => GuidanceState
}

/** Per image of the batch: the sigma below which it is no longer guided; 0 = guided to the end. Plain data. */
export type GuidanceState = readonly number[]
