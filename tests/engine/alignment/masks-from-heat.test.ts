import { describe, expect, it } from 'vitest'
import { enlargeHeat, labelPixels, maskOfLabel } from '../../../engine/alignment/masks-from-heat.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'

const heat = (...values: number[]): NdArray => ({ shape: [1, values.length], data: Float32Array.from(values) })

describe('labelPixels', () => {
  it('gives each pixel to the hottest word from the threshold on, and to none below it', () => {
    const labels = labelPixels([heat(0.9, 0.5, 0.2, 0.6), heat(0.1, 0.8, 0.3, 0.5)], 0.5)
    expect(Array.from(labels.data)).toEqual([0, 1, -1, 0])
  })

  it('leaves a pixel that two words are equally hot in to the first', () => {
    expect(Array.from(labelPixels([heat(0.5), heat(0.5)], 0.5).data)).toEqual([0])
  })

  it('gives everything to somebody at threshold 0', () => {
    expect(Array.from(labelPixels([heat(0, 0.2), heat(0.1, 0)], 0).data)).toEqual([1, 0])
  })

  it('gives nothing to a word that is cold on purpose', () => {
    expect(Array.from(labelPixels([heat(-1, -1), heat(0, 0.2)], 0).data)).toEqual([1, 1])
  })

  it('has no pixels without words', () => {
    expect(labelPixels([], 0.5).data).toHaveLength(0)
  })

  it('refuses maps of different sizes', () => {
    expect(() => labelPixels([heat(1), heat(1, 2)], 0.5)).toThrow('heat maps: shape [1, 2], expected [1, 1].')
  })
})

describe('enlargeHeat', () => {
  it('reaches 0 and 1 again at the new size', () => {
    const { shape, data } = enlargeHeat(
      { shape: [2, 2], data: Float32Array.of(0, 0, 0.2, 0.8) },
      { width: 9, height: 5 },
    )
    expect([shape, Math.min(...data), Math.max(...data)]).toEqual([[5, 9], 0, 1])
  })
})

describe('maskOfLabel', () => {
  it('is 1 where the word is', () => {
    expect(Array.from(maskOfLabel({ shape: [1, 3], data: Int32Array.of(-1, 0, 1) }, 1).data)).toEqual([0, 0, 1])
  })
})
