import type { WordScore } from '../machine/alignment-report.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/** How much a phrase weighs in a prompt; 1 = as it stands. */
export interface PhraseWeight {
  readonly phrase: string
  readonly weight: number
}

/** What alignment says of a phrase in a picture. */
export interface SeenPhrase {
  readonly phrase: string
  readonly score: Pick<WordScore, 'value' | 'standardError'>
  /** Calibrated, 0 … 1, [h, w]. */
  readonly heat: NdArray
}

/**
 * Mean calibrated heat from which on a phrase says where everything is ("on a beach") and not what: more weight would
 * draw nothing (measured, see docs/methods/alignment.md).
 */
const backdropHeat = 0.25

/**
 * Phrases that a picture should show and does not: by their score not present, and by their calibrated map no backdrop.
 *
 * @param present  score from which a phrase counts as present on the model, measured; two standard errors where nobody has
 *   measured it
 */
export const unshownPhrases = (seen: readonly SeenPhrase[], present?: number): readonly string[] =>
  seen
    .filter(({ score: { value, standardError }, heat }) => {
      const isShown = value >= (present ?? 2 * standardError)
      return !isShown && meanHeat(heat) < backdropHeat
    })
    .map(({ phrase }) => phrase)

const meanHeat = ({ data }: NdArray): number => data.reduce((sum, value) => sum + value, 0) / data.length

/** Heavier tokens break the pictures of every Stable Diffusion. */
const mostWeight = 1.6

/**
 * Weights with those of some phrases raised: times `strength`, rounded to hundredths, at most 1.6.
 *
 * @param weights   of the round before
 * @param strength  at least 1
 * @source Zhang et al. 2025, arXiv:2506.09740, official code `run_generation.py`: the worst aligned phrase weighs 1.2 times
 *   as much; there all others get a share of it at every step
 */
export const raiseWeights = (
  weights: readonly PhraseWeight[],
  phrases: readonly string[],
  strength: number,
): readonly PhraseWeight[] => {
  const before = new Map(weights.map(({ phrase, weight }) => [phrase, weight]))
  for (const phrase of phrases) {
    const raised = (before.get(phrase) ?? 1) * strength
    before.set(phrase, Math.min(mostWeight, Math.round(100 * raised) / 100))
  }
  return [...before].map(([phrase, weight]) => ({ phrase, weight }))
}
