import type { WordMark } from '../alignment/word-marks.ts'
import type { Fix, FixInput } from '../document/fix-document.ts'

/** One of the three tries: what it changes, and how it came out. */
export interface FixTry extends Fix {
  readonly jobId: number | null
  readonly imageId: number | null
  /** Of the word that is to be helped; null until it is measured. */
  readonly score: WordMark['score']
  readonly hasFailed: boolean
}

/** The tries for a word, side by side with the picture that ignored it. */
export interface FixRound {
  readonly word: string
  readonly imageId: number
  /** Of the word in that picture; null when it was never measured. */
  readonly before: WordMark['score']
  readonly steps: number
  readonly input: FixInput
  readonly tries: readonly FixTry[]
}

/** What is being tried for a word. Nothing of it is part of the document until one is chosen. */
export class FixState {
  round: FixRound | null = $state.raw(null)
  /** Words of pictures whose offer was declined, as `picture word`. */
  declined: readonly string[] = $state.raw([])

  /** Writes down what became of a try, unless the round is over. */
  settle(round: FixRound, kind: Fix['kind'], change: Partial<FixTry>): void {
    if (this.round === null || this.round.imageId !== round.imageId || this.round.word !== round.word) return
    this.round = {
      ...this.round,
      tries: this.round.tries.map((one) => (one.kind === kind ? { ...one, ...change } : one)),
    }
  }

  decline(imageId: number, word: string): void {
    this.declined = [...this.declined, `${imageId} ${word}`]
  }
}

/** The try with the highest score, when it beats the picture before by more than both errors; null when none does. */
export function bestTry({ before, tries }: FixRound): FixTry | null {
  const scored = tries.flatMap((one) => (one.score === null ? [] : [{ one, score: one.score }]))
  const best = scored.toSorted((a, b) => b.score.value - a.score.value)[0]
  if (best === undefined || best.score.verdict === 'ignored') return null
  const gain = best.score.value - (before?.value ?? 0)
  return gain > 2 * Math.hypot(best.score.standardError, before?.standardError ?? 0) ? best.one : null
}

/** Whether every try came out, one way or the other. */
export const isOver = ({ tries }: FixRound): boolean =>
  tries.every(({ score, hasFailed }) => score !== null || hasFailed)
