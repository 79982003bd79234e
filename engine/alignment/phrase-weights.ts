import { EngineError } from '../contract/failures.ts'

export interface PhraseWeightOptions {
  /** Weight of the worst represented phrase, at least 1; 1 leaves all weights alone. */
  readonly strength: number
  /** Largest weight that is given. */
  readonly most: number
}

/** Weights above this break pictures of every Stable Diffusion. */
export const defaultPhraseWeights: PhraseWeightOptions = { strength: 1.2, most: 1.5 }

/**
 * Prompt weights that raise the phrases a picture shows least: clip(strength^e, 1, most), rounded to hundredths, e = place
 * of the phrase between the best and the worst represented one, 0 … 1. Equal distances, and a single phrase, change nothing.
 *
 * @param distances  for each phrase how far the picture is from showing it; smaller = better represented
 * @throws EngineError 'numbers-not-finite' when a distance is not a number
 * @source Zhang et al. 2025, arXiv:2506.09740, official code `run_generation.py`: w = round(1.2^e, 2)
 */
export const phraseWeights = (
  distances: readonly number[],
  { strength, most }: PhraseWeightOptions = defaultPhraseWeights,
): readonly number[] => {
  const bad = distances.find((distance) => !Number.isFinite(distance))
  if (bad !== undefined) {
    throw new EngineError('numbers-not-finite', {
      where: 'phrase weights',
      found: `a distance of ${bad}`,
      expected: 'finite numbers',
      remedy: 'Use a lower guidance scale.',
    })
  }
  const lowest = Math.min(...distances)
  const spread = Math.max(...distances) - lowest
  return distances.map((distance) => {
    const place = spread > 0 ? (distance - lowest) / spread : 0
    return Math.round(Math.min(most, Math.max(1, strength ** place)) * 100) / 100
  })
}
