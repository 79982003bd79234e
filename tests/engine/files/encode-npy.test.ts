import { describe, expect, it } from 'vitest'
import { encodeNpy } from '../../../engine/files/encode-npy.ts'

describe('encodeNpy', () => {
  it.each([
    [[2, 3], '(2, 3)'],
    [[6], '(6,)'],
    [[1, 2, 3], '(1, 2, 3)'],
  ])('writes shape %j as %s behind a header of whole 64 bytes', (shape, tuple) => {
    const file = encodeNpy(shape, Float32Array.of(1, 2, 3, 4, 5, -0.5))
    const view = new DataView(file.buffer)
    const headerLength = view.getUint16(8, true)
    expect(Array.from(file.subarray(0, 8))).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
    expect((10 + headerLength) % 64).toBe(0)
    expect(
      Buffer.from(file.subarray(10, 10 + headerLength))
        .toString('latin1')
        .trimEnd(),
    ).toBe(`{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`)
    expect(file[9 + headerLength]).toBe(0x0a)
    expect(file.length).toBe(10 + headerLength + 24)
    expect(view.getFloat32(file.length - 4, true)).toBe(-0.5)
  })
})
