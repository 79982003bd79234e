import { describe, expect, it } from 'vitest'
import { median, quantile } from './quantile.ts'

describe('quantile', () => {
  it.each([
    { samples: [3], share: 0.95, value: 3 },
    { samples: [4, 1, 3, 2], share: 0.5, value: 2.5 },
    { samples: [5, 1, 3], share: 0.5, value: 3 },
    { samples: [1, 2, 3, 4, 5], share: 0.25, value: 2 },
    { samples: [10, 2], share: 0, value: 2 },
    { samples: [10, 2], share: 1, value: 10 },
  ])('is $value at $share of $samples', ({ samples, share, value }) => {
    expect(quantile(samples, share)).toBe(value)
  })

  it('refuses to name the middle of nothing', () => {
    expect(() => median([])).toThrow(RangeError)
  })
})
