import { describe, expect, it } from 'vitest'
import { EngineError } from '../../../engine/contract/failures.ts'
import { distanceToZero } from '../../../engine/image/distance-to-zero.ts'
import { seeded } from '../seeded.ts'

/** By looking at every pair of pixels. */
const bruteForce = (data: Float32Array, width: number): number[] =>
  Array.from(data, (_, i) =>
    data.reduce(
      (least, value, k) =>
        value > 0
          ? least
          : Math.min(least, Math.hypot((i % width) - (k % width), Math.floor(i / width) - Math.floor(k / width))),
      Infinity,
    ),
  )

describe('distanceToZero', () => {
  it.each([
    [17, 13, 0.7],
    [9, 31, 0.97],
    [1, 12, 0.5],
    [12, 1, 0.5],
    [8, 8, 1],
    [8, 8, 0],
  ])('is the distance to the nearest pixel of value 0: %i x %i, share covered %f', (width, height, share) => {
    const random = seeded(width * 1000 + height)
    const data = Float32Array.from({ length: width * height }, () => (random() < share ? random() + 0.01 : 0))
    const { shape, data: found } = distanceToZero({ shape: [height, width], data })
    expect(shape).toEqual([height, width])
    // Both take the root of the same whole number; only float32 lies between.
    expect([...found]).toEqual(bruteForce(data, width).map(Math.fround))
  })

  it('refuses anything but one plane', () => {
    expect(() => distanceToZero({ shape: [1, 2, 2], data: new Float32Array(4) })).toThrow(EngineError)
  })
})
