import { describe, expect, it } from 'vitest'
import { heatOf, stretch } from '../../../engine/alignment/heat-map.ts'
import type { PlacesMap } from '../../../engine/machine/machine.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'

const map = (...values: number[]): NdArray => ({ shape: [1, values.length], data: Float32Array.from(values) })

/** Every place looks `shift` places to the right, around the end. */
const shifted = (count: number, shift: number): NdArray => ({
  shape: [count, count],
  data: Float32Array.from({ length: count * count }, (_, i) =>
    i % count === (Math.floor(i / count) + shift) % count ? 1 : 0,
  ),
})

const placesOf = (height: number, width: number, all: NdArray, up: NdArray): PlacesMap => ({ height, width, all, up })

describe('stretch', () => {
  it('moves the smallest value to 0 and the largest to 1', () => {
    expect(stretch(map(2, 3, 6))).toEqual(map(0, 0.25, 1))
  })

  it('makes a map without differences cold, not NaN', () => {
    expect(stretch(map(2, 2, 2))).toEqual(map(0, 0, 0))
  })
})

describe('heatOf', () => {
  it('changes nothing but the scale with exponent 1 and places that look at themselves (V16)', () => {
    expect(heatOf(map(2, 3, 6), 1, placesOf(1, 3, shifted(3, 0), shifted(3, 0)))).toEqual(map(0, 0.25, 1))
    expect(heatOf(map(2, 3, 6), 1, undefined)).toEqual(map(0, 0.25, 1))
  })

  it('shrinks a map towards its peak with a larger exponent', () => {
    expect(heatOf(map(2, 4, 6), 2, undefined)).toEqual(map(0, 0.25, 1))
  })

  it('takes heat from the places that a place looks at', () => {
    expect(heatOf(map(0, 0.5, 1), 1, placesOf(1, 3, shifted(3, 1), shifted(3, 1)))).toEqual(map(0.5, 1, 0))
  })

  it('spreads heat a second time, along the up path, on grids of 32 x 32 and more', () => {
    const count = 32 * 32
    const one: NdArray = { shape: [32, 32], data: Float32Array.from({ length: count }, (_, i) => (i === 10 ? 1 : 0)) }
    const heat = heatOf(one, 1, placesOf(32, 32, shifted(count, 1), shifted(count, 2)))
    expect(heat.data.indexOf(1)).toBe(7)
  })
})
