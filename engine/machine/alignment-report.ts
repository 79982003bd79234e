/**
 * How clearly a picture shows a word: `ignored` when its score is below two standard errors, `present` from the model's
 * measured score on, `weak` in between.
 */
export type WordVerdict = 'ignored' | 'weak' | 'present'

/** How much a word helps the network to see the noise in a picture. */
export interface WordScore {
  /** Share of the empty prompt's error that the word takes away; 0 when it changes nothing, negative when it misleads. */
  readonly value: number
  /** Of `value`, from the paired differences over the noise levels. */
  readonly standardError: number
  readonly verdict: WordVerdict
}

/** One word or phrase of a prompt, measured in a picture. */
export interface AlignedWord {
  readonly word: string
  /** Whether the prompt does not name it, so that it was appended for the measurement. */
  readonly isAppended: boolean
  readonly score: WordScore
  /** What the word's map was raised to: 1 for the best aligned word, up to the strength of the calibration. */
  readonly exponent: number
  /** Share of the picture's pixels in the word's mask, 0 … 1. */
  readonly maskShare: number
}

/** How well a picture and a prompt fit, word by word. */
export interface AlignmentReport {
  /** What the words were judged in: the prompt, or, without one, the model's caption template. */
  readonly form: 'in-prompt' | 'alone'
  readonly words: readonly AlignedWord[]
  /** Noise levels of the scores and of the maps. */
  readonly steps: number
  readonly mapSteps: number
  /** Heat from which on a pixel belongs to the word with the most heat, 0 … 1. */
  readonly threshold: number
}
