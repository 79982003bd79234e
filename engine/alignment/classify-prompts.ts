import { MersenneTwister } from '../tensor/mersenne-twister.ts'
import type { ProbeStep } from './probe-steps.ts'
import { difference, mean, standardErrorOf } from './word-score.ts'

/** How well one of several prompts fits a picture. */
export interface PromptFit {
  /** Mean squared error of the predicted noise over all noise levels. */
  readonly error: number
  /** How much larger the error is than that of the best prompt, and the standard error of that; both 0 for the best. */
  readonly behind: { readonly value: number; readonly standardError: number }
  /** Probability of the prompt among these, all taken as equally likely before, and its standard error. */
  readonly posterior: { readonly value: number; readonly standardError: number }
}

interface ClassifyInput {
  /** For each prompt its errors, one for each step, all at the same noise. */
  readonly errors: readonly (readonly number[])[]
  readonly steps: readonly Pick<ProbeStep, 'signal' | 'spread'>[]
  /** Number of values that the mean error of a step is over. */
  readonly dimensions: number
}

const resamples = 2000

/**
 * Which of these prompts fits: the evidence of a prompt is its evidence lower bound up to a constant,
 * −½ Σ_t Δlog-SNR_t · dimensions · error_t. A posterior from one estimate of it would be far too sure, since the noise of
 * the estimate is many nats; so it is the mean over bootstrap resamples of the noise levels, paired between prompts. The
 * same input gives the same numbers.
 *
 * @returns one for each prompt
 * @throws EngineError 'bad-argument' below two steps, 'shape-mismatch' for lists of different lengths
 * @source Li et al. 2023 (Diffusion Classifier), arXiv:2303.16203, eq. 5 and 6; the weights make it the bound of Kingma et
 *   al. 2021, arXiv:2107.00630, eq. 17; the resampling is Attune's
 */
export const classifyPrompts = ({ errors, steps, dimensions }: ClassifyInput): readonly PromptFit[] => {
  const means = errors.map(mean)
  const best = errors[means.indexOf(Math.min(...means))] ?? []
  const spans = logSnrSpans(steps)
  const evidence = errors.map((list) => list.map((error, t) => (-dimensions / 2) * (spans[t] ?? 0) * error))
  const draws = drawPosteriors(evidence, steps.length)
  return errors.map((list, prompt) => {
    const behind = difference(list, best)
    const drawn = draws.map((posterior) => posterior[prompt] ?? 0)
    const value = mean(drawn)
    return {
      error: means[prompt] ?? NaN,
      behind: { value: mean(behind), standardError: standardErrorOf(behind) },
      posterior: { value, standardError: Math.sqrt(mean(drawn.map((one) => (one - value) ** 2))) },
    }
  })
}

/** How much of the log signal-to-noise ratio each step stands for: half the way to each neighbour. */
const logSnrSpans = (steps: ClassifyInput['steps']): readonly number[] => {
  const levels = steps.map(({ signal, spread }) => 2 * Math.log(signal / spread))
  const at = (index: number): number => levels[Math.min(levels.length - 1, Math.max(0, index))] ?? 0
  return levels.map((_, i) => Math.abs(at(i - 1) - at(i + 1)) / 2)
}

/** For each resample the posterior of each prompt. */
const drawPosteriors = (evidence: readonly (readonly number[])[], steps: number): readonly (readonly number[])[] => {
  const random = new MersenneTwister(0)
  return Array.from({ length: resamples }, () => {
    const picked = Array.from({ length: steps }, () => random.nextBits() % steps)
    return softmax(evidence.map((list) => picked.reduce((sum, t) => sum + (list[t] ?? 0), 0)))
  })
}

const softmax = (logits: readonly number[]): readonly number[] => {
  const largest = Math.max(...logits)
  const powers = logits.map((logit) => Math.exp(logit - largest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}
