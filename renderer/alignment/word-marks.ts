import type { PictureAlignment } from '../../engine/contract/picture-alignment-record.ts'

export type MarkVerdict = 'ignored' | 'weak' | 'present'

/** What the sentence and the panel show of a word. */
export interface WordMark {
  readonly word: string
  /** How full its line is, 0 … 1. */
  readonly fill: number
  /** Null for a quick reading, which judges nothing. */
  readonly score: {
    readonly value: number
    readonly standardError: number
    readonly verdict: MarkVerdict
  } | null
}

/** What is known of each word: measured where it was, else its part of the attention against the word that had most. */
export function wordMarks({ first, measured }: PictureAlignment): readonly WordMark[] {
  const scores = new Map(measured?.report.words.map(({ word, score }) => [word, score]))
  const scale = scoreScale([...scores.values()])
  const most = Math.max(...first.map(({ share }) => share), 1e-9)
  const marks = first.map(({ word, share }): WordMark => {
    const score = scores.get(word)
    scores.delete(word)
    return score === undefined
      ? { word, fill: share / most, score: null }
      : { word, fill: clamped(score.value / scale), score }
  })
  const others = [...scores].map(([word, score]): WordMark => ({ word, fill: clamped(score.value / scale), score }))
  return [...marks, ...others]
}

/** The score at which a line is full: the highest there is, its error counted in. Every model has scores of its own size. */
export const scoreScale = (scores: readonly { readonly value: number; readonly standardError: number }[]): number =>
  Math.max(1e-6, ...scores.map(({ value, standardError }) => value + standardError))

/** The score below which a word counts as ignored: twice its error. */
export const leastScore = ({ standardError }: { readonly standardError: number }): number => 2 * standardError

/** A score and its error as they are read: hundredths, or thousandths where those are 0. */
export const showScore = ({
  value,
  standardError,
}: {
  readonly value: number
  readonly standardError: number
}): { readonly value: string; readonly error: string } => {
  const digits = Math.max(Math.abs(value), 2 * standardError) < 0.1 ? 3 : 2
  return { value: value.toFixed(digits).replace('-', '−'), error: (2 * standardError).toFixed(digits) }
}

const clamped = (share: number): number => Math.min(1, Math.max(0, share))
