import { difference, mean, standardErrorOf } from './word-score.ts'

/** Losses of each word, one for each probe step; lower = better aligned. All words saw the same noise. */
export type WordLosses = readonly (readonly number[])[]

/**
 * Where each word lies between the best and the worst aligned one, 0 … 1, shrunk to 0 when the two do not differ by more
 * than the noise does: times clip((max − min)/(4 SE) − 0.5, 0, 1), SE of the paired difference of worst and best. A single
 * word, or words with equal losses, are all 0.
 *
 * @source min-max position of Zhang et al. 2025, arXiv:2506.09740; the shrinkage is Attune's
 */
export const positionsOfWords = (losses: WordLosses): readonly number[] => {
  const means = losses.map(mean)
  const lowest = Math.min(...means)
  const highest = Math.max(...means)
  const spread = highest - lowest
  const [best, worst] = [losses[means.indexOf(lowest)], losses[means.indexOf(highest)]]
  if (best === undefined || worst === undefined || !(spread > 0)) return losses.map(() => 0)
  const certainty = certaintyOf(spread, standardErrorOf(difference(worst, best)))
  return means.map((value) => (certainty * (value - lowest)) / spread)
}

/** 0 while the spread is below two standard errors, 1 from six on. */
const certaintyOf = (spread: number, standardError: number): number =>
  standardError === 0 ? 1 : Math.min(1, Math.max(0, spread / (4 * standardError) - 0.5))

/**
 * What each word's map is raised to: strength^position. 1 keeps a map; more shrinks it towards its peak, as a badly
 * aligned word's map spreads over what other words show.
 *
 * @param strength  at least 1; 1 changes nothing
 * @source Zhang et al. 2025, arXiv:2506.09740: T_i = 1/S_i, S_i = gamma^{e_i}, strength = 1/gamma
 */
export const exponentsOf = (positions: readonly number[], strength: number): readonly number[] =>
  positions.map((position) => strength ** position)
