import { describe, expect, it } from 'vitest'
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
} from '../../../engine/tensor/half-floats.ts'

const everyPattern = Uint16Array.from({ length: 65_536 }, (_, bits) => bits)

describe('float16', () => {
  it('is the value that IEEE 754 defines, for every finite pattern', () => {
    const expected = Array.from(everyPattern, (bits) => {
      const exponent = (bits >> 10) & 31
      const fraction = bits & 1023
      const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
      return bits & 0x8000 ? -size : size
    })
    const found = float16ToFloat32(everyPattern)
    expect(expected.filter((value, bits) => ((bits >> 10) & 31) !== 31 && !Object.is(value, found[bits]))).toEqual([])
  })

  it('comes back as it was, for every pattern that is not a NaN', () => {
    const isNumber = (bits: number): boolean => (bits & 0x7fff) <= 0x7c00
    const back = float32ToFloat16(float16ToFloat32(everyPattern))
    expect(everyPattern.filter((bits) => isNumber(bits) && back[bits] !== bits)).toHaveLength(0)
  })

  it.each([
    ['half of the smallest to zero, the even one', 2 ** -25, 0],
    ['a little more than that up', 2 ** -25 * 1.0001, 1],
    ['a tie above an odd one up', 1 + 3 * 2 ** -11, 0x3c02],
    ['a tie above an even one down', 1 + 2 ** -11, 0x3c00],
    ['the largest that is not infinite down', 65_519.996, 0x7bff],
    ['what is beyond to infinity', 65_520, 0x7c00],
    ['negative zero to itself', -0, 0x8000],
    ['minus infinity to itself', -Infinity, 0xfc00],
  ])('rounds %s', (_, value, bits) => {
    expect(float32ToFloat16(Float32Array.of(value))).toEqual(Uint16Array.of(bits))
  })

  it('keeps NaN', () => {
    expect(float16ToFloat32(float32ToFloat16(Float32Array.of(Number.NaN)))[0]).toBeNaN()
  })

  it('reads and writes a part of a longer buffer', () => {
    expect(float16ToFloat32(Uint16Array.of(0, 0x3c00, 0xc000, 0).subarray(1, 3))).toEqual(Float32Array.of(1, -2))
    expect(float32ToFloat16(Float32Array.of(0, 1, -2, 0).subarray(1, 3))).toEqual(Uint16Array.of(0x3c00, 0xc000))
  })
})

describe('bfloat16', () => {
  it('comes back as it was, for every pattern that is not a NaN', () => {
    const isNumber = (bits: number): boolean => (bits & 0x7fff) <= 0x7f80
    const back = float32ToBfloat16(bfloat16ToFloat32(everyPattern))
    expect(everyPattern.filter((bits) => isNumber(bits) && back[bits] !== bits)).toHaveLength(0)
  })

  it.each([
    ['a tie above an even one down', 1 + 2 ** -8, 0x3f80],
    ['a tie above an odd one up', 1 + 3 * 2 ** -8, 0x3f82],
    ['a little more than a tie up', 1 + 2 ** -8 + 2 ** -20, 0x3f81],
    ['the largest float32 to infinity', 3.4028234663852886e38, 0x7f80],
    ['negative zero to itself', -0, 0x8000],
  ])('rounds %s', (_, value, bits) => {
    expect(float32ToBfloat16(Float32Array.of(value))).toEqual(Uint16Array.of(bits))
  })

  it('keeps NaN, also one whose payload is in the lower half', () => {
    const lowPayload = new Float32Array(Uint32Array.of(0x7f800001, 0xffffffff).buffer)
    expect([...bfloat16ToFloat32(float32ToBfloat16(lowPayload))]).toEqual([Number.NaN, Number.NaN])
  })

  it('reads and writes a part of a longer buffer', () => {
    expect(bfloat16ToFloat32(Uint16Array.of(0, 0x3f80, 0).subarray(1, 2))).toEqual(Float32Array.of(1))
    expect(float32ToBfloat16(Float32Array.of(0, 1, 0).subarray(1, 2))).toEqual(Uint16Array.of(0x3f80))
  })
})
