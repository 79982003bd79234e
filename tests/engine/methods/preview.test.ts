import { expect, it } from 'vitest'
import { previewOf } from '../../../engine/methods/preview.ts'

const map = {
  weights: [
    [0.5, 0, 0, 0],
    [0, 0.25, 0, 0],
    [0, 0, -1, 1],
  ],
  bias: [0.5, 0.25, 0],
}

it('is a linear map of the latents, a pixel for each, held to 0 ... 255', () => {
  const data = new Float32Array([1, -1, 9, 0, 1, -1, 0, 4])
  const shape = [1, 4, 1, 2]
  const preview = previewOf({ shape, data }, map)
  expect([preview.width, preview.height]).toEqual([2, 1])
  // Red: 0.5 + 0.5 * (1, -1). Green: 0.25 + 0.25 * (9, 0). Blue: (0, 4) - (1, -1).
  expect([...preview.rgb]).toEqual([255, 255, 0, 0, 64, 255])
})

it('takes at most 10 ms for the latents of 1024 x 1024', () => {
  const data = new Float32Array(4 * 128 * 128).map((_, index) => Math.sin(index))
  const times = Array.from({ length: 21 }, () => {
    const begun = performance.now()
    previewOf({ shape: [1, 4, 128, 128], data }, map)
    return performance.now() - begun
  }).toSorted((a, b) => a - b)
  expect(times[10]).toBeLessThanOrEqual(10)
})
