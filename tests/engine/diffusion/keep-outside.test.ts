import { describe, expect, it } from 'vitest'
import { keepOutside } from '../../../engine/diffusion/keep-outside.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'

const array = (...values: number[]): NdArray => ({ shape: [1, 2, 1, 3], data: Float32Array.from(values) })

describe('keepOutside', () => {
  const keep = keepOutside({
    latents: array(1, 2, 3, 4, 5, 6),
    noise: array(1, -1, 1, -1, 1, -1),
    coverage: { shape: [1, 3], data: Float32Array.of(0, 0.5, 1) },
  })
  const x = array(10, 10, 10, 20, 20, 20)

  it('puts the known picture with the noise of the level where nothing may change, in every channel', () => {
    expect(keep(x, { sigma: 2, timestep: 500 }, false)).toEqual(array(3, 5, 10, 2, 13.5, 20))
  })

  it('ends on the picture itself, whatever noise the schedule leaves', () => {
    expect(keep(x, { sigma: 2, timestep: 0 }, true)).toEqual(array(1, 6, 10, 4, 12.5, 20))
  })

  it('refuses latents of another shape', () => {
    const other = { shape: [1, 1, 1, 3], data: new Float32Array(3) }
    expect(() => keep(other, { sigma: 1, timestep: 0 }, false)).toThrow(/shape/)
  })
})
