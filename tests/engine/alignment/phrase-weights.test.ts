import { describe, expect, it } from 'vitest'
import { phraseWeights } from '../../../engine/alignment/phrase-weights.ts'

describe('phraseWeights', () => {
  it.each([
    ['the worst phrase gets the strength, the best keeps 1', [0.1, 0.3, 0.2], 1.2, [1, 1.2, 1.1]],
    ['equal distances change nothing', [0.2, 0.2], 1.2, [1, 1]],
    ['a single phrase keeps its weight', [0.4], 1.2, [1]],
    ['strength 1 changes nothing', [0.1, 0.9], 1, [1, 1]],
    ['no weight is above the largest', [0, 1], 3, [1, 1.5]],
    ['nothing to weigh', [], 1.2, []],
  ])('%s', (_, distances, strength, expected) => {
    expect(phraseWeights(distances, { strength, most: 1.5 })).toEqual(expected)
  })

  it('refuses a distance that is no number', () => {
    expect(() => phraseWeights([0.1, NaN])).toThrow('phrase weights: a distance of NaN, expected finite numbers.')
  })
})
