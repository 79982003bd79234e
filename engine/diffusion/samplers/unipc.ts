import type { NoiseLevel, Schedule } from '../../machine/denoiser.ts'
import { weightedSum } from '../../tensor/arithmetic.ts'
import type { NdArray } from '../../tensor/nd-array.ts'
import { alongSchedule, levelAt } from './along-schedule.ts'
import type { Sampler } from './sampler.ts'

/**
 * UniPC of second order on clean latents, B(h) = e^h − 1 ("bh2"): every evaluation first corrects the step that led to
 * it, then predicts the next.
 *
 * @source Zhao et al. 2023, arXiv:2302.04867, Alg. 5 and 6 with p = 2; here x is divided by the paper's α, so that
 *   σ_t/σ_s·x − α(e^−h − 1)·m becomes a line from m to x
 */
export const unipc: Sampler = alongSchedule(async ({ x, index, schedule, now, next, denoise, history }) => {
  const clean = await denoise(x, now)
  // The state: where the last step arrived, where it started from, what was predicted there, and in the step before it
  const [arrived, from, last, beforeLast] = history
  const corrected =
    arrived === undefined || from === undefined || last === undefined
      ? x
      : // What was done to the latents between the steps, by steering or by blending, is kept
        weightedSum([1, correct({ from, last, beforeLast, clean, index, schedule })], [1, x], [-1, arrived])
  const predicted = predict({ x: corrected, clean, last, index, schedule, now, next })
  return { x: predicted, clean, history: [predicted, corrected, clean, ...(last === undefined ? [] : [last])] }
})

interface PredictorInput {
  readonly x: NdArray
  readonly clean: NdArray
  readonly last: NdArray | undefined
  readonly index: number
  readonly schedule: Schedule
  readonly now: NoiseLevel
  readonly next: NoiseLevel
}

/** The step from `now` to `next`: of second order except the first and the last. */
const predict = ({ x, clean, last, index, schedule, now, next }: PredictorInput): NdArray => {
  const share = next.sigma / now.sigma
  if (last === undefined || orderOf(index, schedule) === 1) return weightedSum([share, x], [1 - share, clean])
  const ratio = lambdaStep(now, levelAt(schedule, index - 1)) / lambdaStep(now, next)
  const slope = (0.5 * (1 - share)) / ratio
  return weightedSum([share, x], [1 - share - slope, clean], [slope, last])
}

interface CorrectorInput {
  readonly from: NdArray
  readonly last: NdArray
  readonly beforeLast: NdArray | undefined
  /** What was predicted where the step arrived. */
  readonly clean: NdArray
  readonly index: number
  readonly schedule: Schedule
}

/** The step before this one once more, now that its end is known. */
const correct = ({ from, last, beforeLast, clean, index, schedule }: CorrectorInput): NdArray => {
  const start = levelAt(schedule, index - 1)
  const end = levelAt(schedule, index)
  const share = end.sigma / start.sigma
  const gain = 1 - share
  if (beforeLast === undefined || orderOf(index - 1, schedule) === 1) {
    return weightedSum([share, from], [gain * 0.5, last], [gain * 0.5, clean])
  }
  const step = lambdaStep(start, end)
  const ratio = lambdaStep(start, levelAt(schedule, index - 2)) / step
  const [weightBefore, weightEnd] = correctorWeights(ratio, step)
  return weightedSum(
    [share, from],
    [gain * (1 - weightBefore / ratio - weightEnd), last],
    [(gain * weightBefore) / ratio, beforeLast],
    [gain * weightEnd, clean],
  )
}

/** Solves ρ₁ + ρ₂ = b₁, r·ρ₁ + ρ₂ = b₂ for the weights of the two differences. */
const correctorWeights = (ratio: number, step: number): readonly [before: number, end: number] => {
  const grown = Math.expm1(-step)
  const first = grown / -step - 1
  const second = first / -step - 1 / 2
  const [b1, b2] = [first / grown, (2 * second) / grown]
  const before = (b1 - b2) / (1 - ratio)
  return [before, b1 - before]
}

const orderOf = (index: number, schedule: Schedule): 1 | 2 => (index === 0 || index === schedule.length - 2 ? 1 : 2)

/** λ at `to` minus λ at `from`, λ = −ln sigma. */
const lambdaStep = (from: NoiseLevel, to: NoiseLevel): number => Math.log(from.sigma / to.sigma)
