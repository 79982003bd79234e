import { describe, expect, it } from 'vitest'
import { raiseWeights, unshownPhrases, type SeenPhrase } from '../../../engine/alignment/phrase-weights.ts'

/** A phrase whose calibrated map is hot in so many of ten places. */
const seen = (phrase: string, verdict: SeenPhrase['score']['verdict'], hot: number): SeenPhrase => ({
  phrase,
  score: { value: 0, standardError: 1, verdict },
  heat: { shape: [1, 10], data: Float32Array.from({ length: 10 }, (_, place) => (place < hot ? 1 : 0)) },
})

describe('unshownPhrases', () => {
  it.each([
    ['a thing that the picture ignores', seen('cat', 'ignored', 2), ['cat']],
    ['not a thing that it shows, however weakly', seen('cat', 'weak', 2), []],
    ['not a thing that is there', seen('cat', 'present', 2), []],
    ['not what is everywhere: a backdrop', seen('beach', 'ignored', 4), []],
  ])('names %s', (_, phrase, expected) => {
    expect(unshownPhrases([phrase])).toEqual(expected)
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
