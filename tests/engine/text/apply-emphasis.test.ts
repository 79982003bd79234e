import { describe, expect, it } from 'vitest'
import { applyEmphasis } from '../../../engine/text/apply-emphasis.ts'

const shape = { chunks: 2, tokens: 2, width: 3 }
const hidden = Float32Array.from([1, 2, 3, -1, 0, 1, 4, 4, 4, 2, 2, 2])

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('applyEmphasis', () => {
  it('gives the same values where all weights are 1', () => {
    expect(applyEmphasis(hidden, new Float32Array(4).fill(1), shape)).toEqual(hidden)
  })

  it('multiplies each token and restores the mean of each chunk', () => {
    const found = applyEmphasis(hidden, Float32Array.from([2, 1, 1, 0.5]), shape)
    // Chunk 1: sum 6, weighted 12, factor 0.5. Chunk 2: sum 18, weighted 15, factor 1.2.
    const expected = [1, 2, 3, -0.5, 0, 0.5, 4.8, 4.8, 4.8, 1.2, 1.2, 1.2]
    expect(found).toEqual(Float32Array.from(expected))
    expect(mean(found.subarray(0, 6))).toBeCloseTo(mean(hidden.subarray(0, 6)), 6)
  })

  it('leaves the mean alone without norm', () => {
    const found = applyEmphasis(hidden, Float32Array.from([2, 1, 1, 0.5]), shape, 'no-norm')
    expect([...found]).toEqual([2, 4, 6, -1, 0, 1, 4, 4, 4, 1, 1, 1])
  })

  it('leaves one chunk alone when only another is weighted', () => {
    const found = applyEmphasis(hidden, Float32Array.from([1, 1, 3, 0.5]), shape)
    expect(found.subarray(0, 6)).toEqual(hidden.subarray(0, 6))
  })

  it('refuses weights from which no mean can be restored', () => {
    const states = Float32Array.from([1, 1, -1, -1, 2, 2])
    const weights = Float32Array.from([1, 3, 1])
    expect(() => applyEmphasis(states, weights, { chunks: 1, tokens: 3, width: 2 })).toThrow(
      expect.objectContaining({ code: 'numbers-not-finite' }),
    )
  })

  it('refuses sizes that disagree', () => {
    expect(() => applyEmphasis(hidden, new Float32Array(3), shape)).toThrow(
      expect.objectContaining({ code: 'shape-mismatch' }),
    )
  })
})
