import { EngineError } from '../contract/failures.ts'
import type { WordScore, WordVerdict } from '../machine/alignment-report.ts'

/** Errors |noise − predicted|², one for each probe step, all at the same noise. */
export interface ContrastErrors {
  readonly withWord: readonly number[]
  readonly withoutWord: readonly number[]
  /** Of the empty prompt: what makes scores of different pictures and models comparable. */
  readonly empty: readonly number[]
}

/**
 * How much a word helps the network to see the noise in a picture: the mean over noise levels of
 * |ε − ε(x_t, without)|² − |ε − ε(x_t, with)|², as a share of the empty prompt's error, with the standard error of these
 * paired differences. 0 means that the picture looks the same to the network with and without the word.
 *
 * @param present  as for `verdictOf`
 * @throws EngineError 'shape-mismatch' for lists of different lengths, 'bad-argument' below two steps
 * @source the surrogate of Zhang et al. 2025, arXiv:2506.09740, asked about a word in its prompt
 */
export const scoreWord = (errors: ContrastErrors, present?: number): WordScore => {
  const { withWord, withoutWord, empty } = errors
  const gains = difference(withoutWord, withWord)
  const unit = mean(empty)
  const value = mean(gains) / unit
  const standardError = standardErrorOf(gains) / unit
  return { value, standardError, verdict: verdictOf(value, standardError, present) }
}

/**
 * @param present  score from which a word counts as present on a model, measured (docs/methods/alignment.md); four
 *   standard errors where nobody has measured it
 */
export const verdictOf = (value: number, standardError: number, present = 4 * standardError): WordVerdict => {
  if (value < 2 * standardError || value <= 0) return 'ignored'
  return value >= present ? 'present' : 'weak'
}

/** a − b, step by step. @throws EngineError 'shape-mismatch' */
export const difference = (a: readonly number[], b: readonly number[]): readonly number[] => {
  if (a.length === b.length) return a.map((value, i) => value - (b[i] ?? NaN))
  throw new EngineError('shape-mismatch', {
    where: 'errors of a probe',
    found: `${b.length} steps`,
    expected: `${a.length}`,
  })
}

/** NaN for none. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Standard deviation (n − 1) over √n. @throws EngineError 'bad-argument' below two values */
export const standardErrorOf = (values: readonly number[]): number => {
  if (values.length < 2) {
    throw new EngineError('bad-argument', {
      where: 'standard error',
      found: `${values.length} steps`,
      expected: 'at least 2',
      remedy: 'Probe at more noise levels.',
    })
  }
  const centre = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1) / values.length)
}
