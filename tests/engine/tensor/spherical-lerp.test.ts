import { describe, expect, it } from 'vitest'
import { standardDeviation } from '../../../engine/tensor/arithmetic.ts'
import { ndArray } from '../../../engine/tensor/nd-array.ts'
import { sphericalLerp } from '../../../engine/tensor/spherical-lerp.ts'
import { torchRandn } from '../../../engine/tensor/torch-noise.ts'
import { relativeError } from '../../reference/relative-error.ts'

const from = torchRandn([1, 4, 64, 64], 1)
const to = torchRandn([1, 4, 64, 64], 2)

describe('spherical interpolation of noise', () => {
  it('is that of A1111', () => {
    // Its slerp on torch.randn(2, 4, 3) of seeds 1 and 2, share 0.3, six decimals
    const expected = [
      ...[-1.385886, -0.23969, -1.239249, -1.465608, -0.938074, 0.001189, -1.007471, -1.922535, 0.014027, 1.026096],
      ...[1.26463, -0.133036, 0.059247, -1.274845, -0.349969, -0.189341, -0.847713, -0.207932, 0.145039, 1.521248],
      ...[-0.310173, 0.904779, -0.976232, 2.411672],
    ]
    const found = sphericalLerp(torchRandn([2, 4, 3], 1), torchRandn([2, 4, 3], 2), 0.3)
    expect(relativeError(found.data, expected)).toBeLessThan(1e-6)
  })

  it.each([
    [0, from],
    [1, to],
  ])('at share %i is one of both', (share, end) => {
    expect(relativeError(sphericalLerp(from, to, share).data, end.data)).toBeLessThan(1e-6)
  })

  it.each([0.1, 0.5, 0.9])('at share %f is as strong as both', (share) => {
    // A straight line would have lost 29 % half-way; 16,384 values have a standard error of 0.6 %
    expect(standardDeviation(sphericalLerp(from, to, share))).toBeCloseTo(1, 1)
  })

  it('of a noise with itself, its opposite or nothing goes straight', () => {
    const zero = ndArray([1, 2, 1], new Float32Array(2))
    const one = ndArray([1, 2, 1], Float32Array.of(1, 2))
    const minusOne = ndArray([1, 2, 1], Float32Array.of(-1, -2))
    expect(sphericalLerp(one, one, 0.3)).toEqual(one)
    expect(sphericalLerp(one, minusOne, 0.5)).toEqual(ndArray([1, 2, 1], Float32Array.of(0, 0)))
    expect(sphericalLerp(one, zero, 0.5)).toEqual(ndArray([1, 2, 1], Float32Array.of(0.5, 1)))
  })

  it('refuses noises of two shapes', () => {
    expect(() => sphericalLerp(from, torchRandn([1, 4, 8, 8], 1), 0.5)).toThrow(
      expect.objectContaining({ code: 'shape-mismatch' }),
    )
  })
})
