import type { NoiseLevel } from '../../machine/denoiser.ts'
import { samplesOf, scale as scaled, stackSamples, standardDeviation, weightedSum } from '../../tensor/arithmetic.ts'
import type { NdArray } from '../../tensor/nd-array.ts'
import { cleanFromOutput, outputFromClean } from '../prediction.ts'
import type { GuidanceInput } from './guidance.ts'

export interface Pair {
  /** Clean latents with the prompt, [B, C, h, w]. */
  readonly conditional: NdArray
  /** Clean latents without it, same shape. */
  readonly negative: NdArray
}

/**
 * Classifier-free guidance, negative + scale · (conditional − negative), with guidance rescale when asked for.
 *
 * @throws EngineError 'shape-mismatch'
 * @source Ho and Salimans 2022, arXiv:2207.12598, eq. 6; here scale = 1 + w, on clean latents instead of the noise: the
 *   same, since one depends on the other linearly
 */
export const guide = (
  { conditional, negative }: Pair,
  x: NdArray,
  level: NoiseLevel,
  { scale, rescale, prediction }: Pick<GuidanceInput, 'scale' | 'rescale' | 'prediction'>,
): NdArray => {
  const guided = weightedSum([scale, conditional], [1 - scale, negative])
  if (rescale === 0) return guided
  const output = outputFromClean(guided, x, level, prediction)
  const wanted = outputFromClean(conditional, x, level, prediction)
  return cleanFromOutput(rescaled(output, wanted, rescale), x, level, prediction)
}

/**
 * Brings the spread of each sample's network output back to that of the conditional output, by `share` of the way.
 *
 * @source Lin et al. 2023, arXiv:2305.08891, section 3.4 (φ = share)
 */
const rescaled = (output: NdArray, wanted: NdArray, share: number): NdArray => {
  const wantedSamples = samplesOf(wanted)
  const samples = samplesOf(output).map((sample, i) => {
    const spread = standardDeviation(wantedSamples[i] ?? sample) / standardDeviation(sample)
    return scaled(sample, share * spread + 1 - share)
  })
  return stackSamples(samples)
}
