import { describe, expect, it } from 'vitest'
import { cookToom } from '../../../../engine/graph/lower/cook-toom.ts'

const times = (matrix: readonly (readonly number[])[], vector: readonly number[]): readonly number[] =>
  matrix.map((row) => row.reduce((sum, factor, i) => sum + factor * (vector[i] ?? NaN), 0))

describe('cookToom', () => {
  it.each([
    [1, 3],
    [2, 2],
    [2, 3],
    [3, 2],
    [3, 3],
    [4, 2],
    [4, 3],
  ])('makes %i results of %i taps from as few products as both together, less one', (outputs, taps) => {
    const { input, kernel, output } = cookToom({ outputs, taps })
    const x = Array.from({ length: outputs + taps - 1 }, (_, i) => Math.sin(3 * i + 1))
    const weight = Array.from({ length: taps }, (_, i) => Math.cos(2 * i + 1))
    const mixed = times(kernel, weight)
    const products = times(input, x).map((value, i) => value * (mixed[i] ?? NaN))
    expect(products).toHaveLength(outputs + taps - 1)
    const results = times(output, products)
    expect(results).toHaveLength(outputs)
    for (const [i, result] of results.entries()) {
      const direct = weight.reduce((sum, tap, k) => sum + tap * (x[i + k] ?? NaN), 0)
      // Factors up to 8 in float64: a few units of its rounding.
      expect(Math.abs(result - direct)).toBeLessThan(1e-13)
    }
  })

  it('is the published form for four results of three taps', () => {
    const { input, kernel, output } = cookToom({ outputs: 4, taps: 3 })
    expect(input[0]).toEqual([4, 0, -5, 0, 1, 0])
    expect(input[5]).toEqual([0, 4, 0, -5, 0, 1])
    expect(kernel[0]).toEqual([1 / 4, 0, 0])
    expect(kernel[3]).toEqual([1 / 24, 1 / 12, 1 / 6])
    expect(kernel[5]).toEqual([0, 0, 1])
    expect(output).toEqual([
      [1, 1, 1, 1, 1, 0],
      [0, 1, -1, 2, -2, 0],
      [0, 1, 1, 4, 4, 0],
      [0, 1, -1, 8, -8, 1],
    ])
  })
})
