import { describe, expect, it } from 'vitest'
import { raiseWeights, unshownPhrases, type SeenPhrase } from '../../../engine/alignment/phrase-weights.ts'

/** A phrase of a score with an error of 1, whose calibrated map is hot in so many of ten places. */
const seen = (phrase: string, value: number, hot: number): SeenPhrase => ({
  phrase,
  score: { value, standardError: 1 },
  heat: { shape: [1, 10], data: Float32Array.from({ length: 10 }, (_, place) => (place < hot ? 1 : 0)) },
})

describe('unshownPhrases', () => {
  it.each([
    ['a thing below two standard errors', seen('cat', 1.9, 2), undefined, ['cat']],
    ['not a thing from there on', seen('cat', 2, 2), undefined, []],
    ["a thing below the model's measured score", seen('cat', 2.9, 2), 3, ['cat']],
    ['not a thing from there on, however large its error', seen('cat', 1, 2), 0.5, []],
    ['not what is everywhere: a backdrop', seen('beach', 0, 4), undefined, []],
  ])('names %s', (_, phrase, present, expected) => {
    expect(unshownPhrases([phrase], present)).toEqual(expected)
  })
})

describe('raiseWeights', () => {
  it.each([
    ['raises what nobody weighed before', [], ['cat'], 1.2, [{ phrase: 'cat', weight: 1.2 }]],
    ['raises again', [{ phrase: 'cat', weight: 1.2 }], ['cat'], 1.2, [{ phrase: 'cat', weight: 1.44 }]],
    ['stops at 1.6', [{ phrase: 'cat', weight: 1.5 }], ['cat'], 1.2, [{ phrase: 'cat', weight: 1.6 }]],
    ['keeps what others weigh', [{ phrase: 'cat', weight: 1.2 }], ['dog'], 1.1, [{ phrase: 'cat', weight: 1.2 }, { phrase: 'dog', weight: 1.1 }]], // prettier-ignore
    ['raises nothing', [], [], 1.2, []],
  ])('%s', (_, before, phrases, strength, expected) => {
    expect(raiseWeights(before, phrases, strength)).toEqual(expected)
  })
})
