import { describe, expect, it } from 'vitest'
import { fittingSize } from '../../../engine/methods/align-picture.ts'

const stableDiffusion = { defaultSize: { width: 512, height: 512 }, vaeFactor: 8 }

describe('fittingSize', () => {
  it.each([
    ['the size itself', 512, 512, 512, 512],
    ['a larger square', 2048, 2048, 512, 512],
    ['a photo', 3000, 2000, 640, 416],
    ['a tall one', 100, 400, 256, 1024],
    ['a line', 10_000, 1, 2048, 32],
  ])('brings %s to the area of the model in multiples that halve', (_, width, height, wide, high) => {
    expect(fittingSize({ width, height }, stableDiffusion)).toEqual({ width: wide, height: high })
  })
})
