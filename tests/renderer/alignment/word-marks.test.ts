import { describe, expect, it } from 'vitest'
import type { PictureAlignment } from '../../../engine/contract/picture-alignment-record.ts'
import { showScore, wordMarks } from '../../../renderer/alignment/word-marks.ts'
import { placeMarks, unreadWords } from '../../../renderer/prompt/place-marks.ts'

const first = [
  { word: 'red heart', share: 0.6 },
  { word: 'lemon', share: 0.3 },
  { word: 'heart', share: 0.1 },
]
const alignment: PictureAlignment = {
  imageId: 1,
  prompt: 'a red heart and a lemon',
  first,
  measured: null,
  estimateMs: 900,
  isMeasuring: false,
}
const score = (value: number, verdict: 'ignored' | 'present') => ({ value, standardError: 0.05, verdict })
const measuredWord = (word: string, value: number, verdict: 'ignored' | 'present') => ({
  word,
  isAppended: false,
  score: score(value, verdict),
  exponent: 1,
  maskShare: 0,
})

describe('the marks of words', () => {
  it('are read off the attention until something is measured, against the word that had most', () => {
    expect(wordMarks(alignment)).toEqual([
      { word: 'red heart', fill: 1, score: null },
      { word: 'lemon', fill: 0.5, score: null },
      { word: 'heart', fill: 0.1 / 0.6, score: null },
    ])
  })

  it('are what was measured where that is known; the order stays that of the prompt', () => {
    const report = {
      form: 'in-prompt' as const,
      words: [
        measuredWord('lemon', 0.4, 'present'),
        measuredWord('red heart', -0.1, 'ignored'),
        measuredWord('sky', 0.45, 'present'),
      ],
      steps: 12,
      mapSteps: 5,
      threshold: 0.4,
    }
    const measured = { report, model: 'starter', durationMs: 1, atMs: 1 }
    const marks = wordMarks({ ...alignment, measured })
    expect(marks.map(({ word }) => word)).toEqual(['red heart', 'lemon', 'heart', 'sky'])
    // Full is 0.45 + 0.05.
    expect(marks.map(({ fill }) => Number(fill.toFixed(3)))).toEqual([0, 0.8, 0.167, 0.9])
    expect(marks.map((mark) => mark.score?.verdict)).toEqual(['ignored', 'present', undefined, 'present'])
  })

  it.each([
    [0.4123, 0.02, '0.41', '0.04'],
    [-0.003, 0.002, '−0.003', '0.004'],
  ])('%f ± %f reads %s ± %s', (value, standardError, text, error) => {
    expect(showScore({ value, standardError })).toEqual({ value: text, error })
  })
})

describe('marks in the sentence', () => {
  const marks = wordMarks(alignment)
  const placed = (text: string, taken: readonly { from: number; to: number }[] = []) =>
    placeMarks(text, marks, taken).map(({ from, to, mark }) => [text.slice(from, to), mark.word])

  it('belong to the longest phrase, and no letter is marked twice', () => {
    expect(placed('a red heart, a Lemon, a heart')).toEqual([
      ['red heart', 'red heart'],
      ['Lemon', 'lemon'],
      ['heart', 'heart'],
    ])
  })

  it('leave to a region what it has of a phrase', () => {
    expect(placed('a red heart', [{ from: 6, to: 11 }])).toEqual([['red', 'red heart']])
  })

  it('are dashed for what was written since', () => {
    const text = 'a red heart on a blue background'
    const known = [{ from: 2, to: 11 }]
    const unread = unreadWords(text, 'a red heart on a background', known)
    expect(unread.map(({ from, to }) => text.slice(from, to))).toEqual(['blue'])
  })
})
