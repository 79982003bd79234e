import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exponentsOf, positionsOfWords } from '../../../engine/alignment/calibrate-words.ts'

const losses = fc.array(fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 4, maxLength: 4 }), {
  minLength: 1,
  maxLength: 6,
})

describe('the calibration of words', () => {
  it('leaves all maps alone at strength 1 (V16)', () => {
    fc.assert(
      fc.property(losses, (all) => {
        expect(exponentsOf(positionsOfWords(all), 1)).toEqual(all.map(() => 1))
      }),
    )
  })

  it('leaves a single word alone at any strength (V16)', () => {
    expect(exponentsOf(positionsOfWords([[3, 4, 5]]), 5)).toEqual([1])
  })

  it('leaves words with equal losses alone', () => {
    expect(exponentsOf(positionsOfWords([[1, 2], [1, 2], [1, 2]]), 5)).toEqual([1, 1, 1]) // prettier-ignore
  })

  it('gives the worst word the whole strength when the differences are far above the noise', () => {
    const [best, middle, worst] = [
      [1, 2, 3],
      [2, 3, 4],
      [3, 4, 5],
    ]
    expect(exponentsOf(positionsOfWords([worst ?? [], best ?? [], middle ?? []]), 4)).toEqual([4, 1, 2])
  })

  it.each([
    // gain of the worst over the best: mean 2, standard error as given
    [1, 0],
    [0.5, 0.5],
    [1 / 3, 1],
    [0.1, 1],
  ])('shrinks positions by the noise: standard error %d leaves %d', (standardError, expected) => {
    // three differences 2 - d, 2, 2 + d have the standard error d/√3
    const spread = standardError * Math.sqrt(3)
    const positions = positionsOfWords([
      [0, 0, 0],
      [2 - spread, 2, 2 + spread],
    ])
    expect(positions[0]).toBe(0)
    expect(positions[1]).toBeCloseTo(expected, 12)
  })

  it('keeps positions between 0 and 1', () => {
    fc.assert(
      fc.property(losses, (all) => {
        for (const position of positionsOfWords(all)) {
          expect(position).toBeGreaterThanOrEqual(0)
          expect(position).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})
