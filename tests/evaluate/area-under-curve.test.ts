import { describe, expect, it } from 'vitest'
import { areaUnderCurve } from './area-under-curve.ts'

describe('areaUnderCurve', () => {
  it.each([
    [[3, 4], [1, 2], 1],
    [[1, 2], [3, 4], 0],
    [[1, 3], [2], 0.5],
    [[2], [2], 0.5],
    [[1, 2, 3], [1, 2], (0.5 + 0 + 1 + 0.5 + 2) / 6],
  ])('of %j over %j is %d', (positives, negatives, expected) => {
    expect(areaUnderCurve(positives, negatives)).toBe(expected)
  })
})
