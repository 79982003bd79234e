import type { Denoiser, NoiseLevel, Schedule } from '../../machine/denoiser.ts'
import { cosine, samplesOf, stackSamples } from '../../tensor/arithmetic.ts'
import type { NdArray } from '../../tensor/nd-array.ts'
import { noiseFromClean } from '../prediction.ts'
import { levelAt } from '../samplers/along-schedule.ts'
import { classifierFree } from './classifier-free.ts'
import type { Guidance, GuidanceInput, GuidanceState } from './guidance.ts'
import { guide, type Pair } from './guide.ts'

/** No image stops being guided before this share of the steps: early on the cosine is high by chance. */
export const leastGuidedShare = 0.3

/**
 * Classifier-free guidance until prompt and negative prompt predict nearly the same noise; from then on the prompt
 * alone, at half the cost. Each image of a batch stops by itself. The step that crosses the threshold is still guided.
 * A model without a measured threshold, or a threshold above 1, never stops.
 *
 * @source Castillo et al. 2023, arXiv:2312.12487, eq. 7 (γ_t = cosine of both noise predictions)
 */
export const adaptive: Guidance = (input) => {
  const { conditional, negative, threshold, scale, schedule, guidedShare = 0 } = input
  if (threshold === undefined || scale === 1) return classifierFree(input)
  const earliest = earliestStop(schedule, Math.max(leastGuidedShare, guidedShare))
  return stopping({ conditional, negative, strength: input, threshold, earliest, resume: input.resume ?? [] })
}

interface Stopping extends Pick<GuidanceInput, 'conditional' | 'negative'> {
  readonly strength: Pick<GuidanceInput, 'scale' | 'rescale' | 'prediction'>
  readonly threshold: number
  /** Sigma from which on the threshold counts. */
  readonly earliest: number
  readonly resume: GuidanceState
}

/** Adaptive guidance that may stop once sigma has fallen to `earliest`. */
export const stopping = ({ conditional, negative, strength, threshold, earliest, resume }: Stopping) => {
  let stopsBelow = resume
  const isStopped = ({ sigma }: NoiseLevel, image: number): boolean => sigma < (stopsBelow[image] ?? 0)
  const denoise: Denoiser = async (x, level) => {
    const images = Array.from({ length: x.shape[0] ?? 1 }, (_, image) => image)
    if (images.every((image) => isStopped(level, image))) return conditional(x, level)
    const [withPrompt, without] = await Promise.all([conditional(x, level), negative(x, level)])
    const pair = { conditional: withPrompt, negative: without }
    const guided = guide(pair, x, level, strength)
    const stopped = images.filter((image) => isStopped(level, image))
    if (level.sigma <= earliest) {
      const cosines = noiseCosines(pair, x, level)
      stopsBelow = cosines.map((value, image) => {
        const before = stopsBelow[image] ?? 0
        return before === 0 && value >= threshold ? level.sigma : before
      })
    }
    return stopped.length === 0 ? guided : choose(guided, withPrompt, stopped)
  }
  return { denoise, state: (): GuidanceState => stopsBelow }
}

/** Sigma of the last step of the share that stays guided: what it decides holds from the next step on. */
const earliestStop = (schedule: Schedule, share: number): number => {
  const steps = schedule.length - 1
  // 0.7 · 10 is 7.000000000000001 in doubles, and means 7
  const guided = Math.ceil(share * steps - 1e-9)
  return levelAt(schedule, Math.max(guided, 1) - 1).sigma
}

const noiseCosines = ({ conditional, negative }: Pair, x: NdArray, level: NoiseLevel): readonly number[] => {
  const without = samplesOf(noiseFromClean(negative, x, level))
  return samplesOf(noiseFromClean(conditional, x, level)).map((noise, image) => cosine(noise, without[image] ?? noise))
}

/** `guided`, but `conditional` for the images that have stopped. */
const choose = (guided: NdArray, conditional: NdArray, stopped: readonly number[]): NdArray => {
  const unguided = samplesOf(conditional)
  const samples = samplesOf(guided).map((sample, image) =>
    stopped.includes(image) ? (unguided[image] ?? sample) : sample,
  )
  return stackSamples(samples)
}
