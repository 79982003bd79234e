import type { Denoiser, NoiseLevel, Schedule } from '../../machine/denoiser.ts'
import type { NdArray } from '../../tensor/nd-array.ts'

/** From noise to clean latents. @throws EngineError 'cancelled' before the next call of the denoiser once `run.signal` is aborted */
export type Sampler = (input: SamplerInput) => Promise<NdArray>

export interface SamplerInput {
  readonly denoise: Denoiser
  /** Latents at `schedule[0].sigma`, variance-exploding, [B, C, h, w]. */
  readonly x: NdArray
  readonly schedule: Schedule
  /** Standard normal noise of the shape of `x` for step `callIndex` (0-based): always the same for the same index. */
  readonly noise: NoiseSource
  /** How noisy the steps are, 0 … 1; absent = what the sampler is known for. Samplers without noise ignore it. */
  readonly eta?: number
  /** Replaces the latents before each step. */
  readonly beforeStep?: (x: NdArray, now: NoiseLevel) => Promise<NdArray>
  /** Replaces the latents after each step, before the checkpoint; for blending with a known picture. */
  readonly afterStep?: (x: NdArray, next: NoiseLevel, isLast: boolean) => NdArray
  readonly run: SamplerRun
  /** Goes on behind a checkpoint of the same sampler, schedule and noise, to the same bits; `x` is then unused. */
  readonly resume?: SamplerState
}

export type NoiseSource = (callIndex: number) => NdArray

export interface SamplerRun {
  readonly signal: AbortSignal
  /** Called and awaited after each step. */
  readonly stepped?: (report: StepReport) => void | Promise<void>
}

export interface StepReport {
  /** What `resume` takes: everything the sampler remembers. */
  readonly state: SamplerState
  /** The clean latents as predicted in this step, for a preview. */
  readonly clean: NdArray
  readonly total: number
}

/** A sampler's state between two steps, as plain data. */
export interface SamplerState {
  /** Finished steps, 0 … N. */
  readonly done: number
  readonly x: NdArray
  /** What a multistep sampler remembers of earlier steps; its own order. */
  readonly history: readonly NdArray[]
}
