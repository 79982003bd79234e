import { describe, expect, it } from 'vitest'
import {
  add,
  cosine,
  lerp,
  samplesOf,
  scale,
  stackSamples,
  standardDeviation,
  weightedSum,
} from '../../../engine/tensor/arithmetic.ts'
import { ndArray } from '../../../engine/tensor/nd-array.ts'

const vector = (...values: number[]) => ndArray([values.length], Float32Array.from(values))
const mismatch: unknown = expect.objectContaining({ code: 'shape-mismatch' })

describe('arithmetic', () => {
  it('adds, scales and mixes element by element', () => {
    expect(add(vector(1, 2), vector(3, -4))).toEqual(vector(4, -2))
    expect(scale(vector(1, -2), 3)).toEqual(vector(3, -6))
    expect(weightedSum([2, vector(1, 2)], [-1, vector(3, 4)], [0.5, vector(2, 2)])).toEqual(vector(0, 1))
  })

  it('mixes to either end exactly', () => {
    const [a, b] = [vector(0.1, 1e8), vector(0.3, -3)]
    expect([lerp(a, b, 0), lerp(a, b, 1)]).toEqual([a, b])
  })

  it('sums in double precision', () => {
    expect(weightedSum([1, vector(1e8)], [1, vector(1)], [-1, vector(1e8)])).toEqual(vector(1))
  })

  it('refuses arrays of other shapes', () => {
    expect(() => add(vector(1), vector(1, 2))).toThrow(mismatch)
    expect(() => cosine(vector(1), vector(1, 2))).toThrow(mismatch)
    expect(() => stackSamples([vector(1), vector(1, 2)])).toThrow(mismatch)
    expect(() => stackSamples([])).toThrow(mismatch)
  })

  it('measures the spread as torch.std does', () => {
    expect(standardDeviation(vector(1, 2, 3, 4))).toBeCloseTo(Math.sqrt(5 / 3), 12)
    expect(standardDeviation(vector(1))).toBeNaN()
    // Far from zero nothing is lost: the mean is taken off first
    expect(standardDeviation(vector(1e6 + 1, 1e6 - 1))).toBeCloseTo(Math.SQRT2, 12)
  })

  it('measures the angle between two arrays', () => {
    expect(cosine(vector(1, 0), vector(0, 2))).toBe(0)
    expect(cosine(vector(1, 2), vector(2, 4))).toBeCloseTo(1, 15)
    expect(cosine(vector(1, 2), vector(-1, -2))).toBeCloseTo(-1, 15)
    expect(cosine(vector(0), vector(1))).toBeNaN()
  })

  it('takes a batch apart and puts it together again', () => {
    const batch = ndArray([2, 1, 2], Float32Array.of(1, 2, 3, 4))
    const samples = samplesOf(batch)
    expect(samples.map(({ shape, data }) => [shape, [...data]])).toEqual([
      [
        [1, 1, 2],
        [1, 2],
      ],
      [
        [1, 1, 2],
        [3, 4],
      ],
    ])
    expect(stackSamples(samples)).toEqual(batch)
  })
})
