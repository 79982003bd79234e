import { EngineError } from '../contract/failures.ts'
import type { Prediction } from '../machine/denoiser.ts'
import { weightedSum } from '../tensor/arithmetic.ts'
import type { NdArray, Shape } from '../tensor/nd-array.ts'
import { TorchGenerator } from '../tensor/torch-noise.ts'

/**
 * One noise level at which a picture is probed: x_t = signal · clean + spread · noise, signal = √ᾱ, spread = √(1 − ᾱ).
 * Every prompt that is compared sees the same noise.
 */
export interface ProbeStep {
  /** Training step. */
  readonly timestep: number
  readonly signal: number
  readonly spread: number
  /** [1, C, h, w], standard normal. */
  readonly noise: NdArray
}

export interface ProbeRequest {
  /** ᾱ of every training step. */
  readonly alphasCumprod: Float32Array
  /** How many noise levels, at least 1. */
  readonly count: number
  /** Where the first and the last one lie, as shares of the training steps, 0 … 1. */
  readonly from: number
  readonly to: number
  /** Of the latents, [1, C, h, w]. */
  readonly shape: Shape
  readonly seed: bigint
}

/**
 * Noise levels with equal distances, each with a noise of its own.
 *
 * @throws EngineError 'bad-argument' when `count` is no whole number above 0
 */
export const probeSteps = ({ alphasCumprod, count, from, to, shape, seed }: ProbeRequest): readonly ProbeStep[] => {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new EngineError('bad-argument', { where: 'probe', found: `${count} steps`, expected: 'at least 1' })
  const generator = new TorchGenerator(seed)
  const last = alphasCumprod.length - 1
  return Array.from({ length: count }, (_, i) => {
    const share = count === 1 ? (from + to) / 2 : from + ((to - from) * i) / (count - 1)
    const timestep = Math.min(last, Math.max(0, Math.round(share * alphasCumprod.length)))
    const alpha = alphasCumprod[timestep] ?? 0
    return { timestep, signal: Math.sqrt(alpha), spread: Math.sqrt(1 - alpha), noise: generator.randn(shape) }
  })
}

/** What the network sees at a step: variance-preserving noisy latents. @throws EngineError 'shape-mismatch' */
export const noisyLatents = (clean: NdArray, { signal, spread, noise }: ProbeStep): NdArray =>
  weightedSum([signal, clean], [spread, noise])

/** The noise that a network's raw output claims to be in `noisy`. @throws EngineError 'shape-mismatch' */
export const claimedNoise = (
  output: NdArray,
  noisy: NdArray,
  { signal, spread }: ProbeStep,
  prediction: Prediction,
): NdArray => {
  switch (prediction) {
    case 'epsilon':
      return output
    case 'v_prediction':
      return weightedSum([signal, output], [spread, noisy])
  }
}

/**
 * Mean of the squared differences of two arrays, float64 inside.
 *
 * @throws EngineError 'numbers-not-finite' when the result is none
 */
export const meanSquare = (where: string, a: NdArray, b: NdArray): number => {
  let sum = 0
  for (let i = 0; i < a.data.length; i += 1) sum += ((a.data[i] ?? NaN) - (b.data[i] ?? NaN)) ** 2
  const mean = sum / a.data.length
  if (Number.isFinite(mean)) return mean
  throw new EngineError('numbers-not-finite', {
    where,
    found: String(mean),
    expected: 'a finite difference of predicted and real noise',
    remedy: 'The network overflowed: try 32-bit weights.',
  })
}
