import type { NdArray } from '../tensor/nd-array.ts'

/** One point of a schedule: how much noise there is, and what the network is told about it. */
export interface NoiseLevel {
  /** Standard deviation of the noise relative to clean latents, √((1 − ᾱ)/ᾱ), ≥ 0. */
  readonly sigma: number
  /** Training step 0 … 999; fractional where the schedule says so. */
  readonly timestep: number
}

/**
 * Noise levels in the order they are visited, falling: N steps have N + 1 levels. The last one is where the picture is
 * done: its sigma is 0 or a little above, its timestep is never shown to a network.
 */
export type Schedule = readonly NoiseLevel[]

/**
 * Predicts the clean latents behind `x`.
 *
 * `x` is in variance-exploding coordinates, x = clean + sigma · noise, [B, C, h, w]; so is the result, same shape.
 * These are the papers' (variance-preserving) latents times √(1 + sigma²). Must not write into `x`.
 */
export type Denoiser = (x: NdArray, level: NoiseLevel) => Promise<NdArray>

/**
 * The network itself with its conditioning: sees x/√(1 + sigma²) and the timestep, returns its raw output of that shape.
 */
export type Network = (input: NdArray, timestep: number) => Promise<NdArray>

/** What the raw output of a network means: the noise, or v = √ᾱ · noise − √(1 − ᾱ) · clean. Names as in scheduler_config.json. */
export type Prediction = 'epsilon' | 'v_prediction'
