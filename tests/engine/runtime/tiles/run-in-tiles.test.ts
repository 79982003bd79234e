import { describe, expect, it } from 'vitest'
import { planTiles } from '../../../../engine/runtime/tiles/plan-tiles.ts'
import { runInTiles } from '../../../../engine/runtime/tiles/run-in-tiles.ts'
import type { NdArray } from '../../../../engine/tensor/nd-array.ts'
import { uniform } from '../../autodiff/gradient-graph.ts'

describe('planTiles', () => {
  it.each([
    [96, 96, 16, { starts: [0], size: 96, overlap: 0 }],
    [128, 96, 16, { starts: [0, 56], size: 72, overlap: 16 }],
    [97, 96, 16, { starts: [0, 40], size: 57, overlap: 17 }],
    [300, 96, 16, { starts: [0, 71, 142, 213], size: 87, overlap: 16 }],
  ])('covers %i with tiles of %i at most that share %i', (length, largest, overlap, expected) => {
    expect(planTiles(length, largest, overlap)).toEqual(expected)
  })
})

/** Each element twice per side, as a decoder with factor 2 that looks no further than one position. */
const double = async ({ shape: [, channels = 1, height = 1, width = 1], data }: NdArray): Promise<NdArray> => ({
  shape: [1, channels, 2 * height, 2 * width],
  data: Float32Array.from({ length: 4 * channels * height * width }, (_, i) => {
    const [x, y, channel] = [
      i % (2 * width),
      Math.floor(i / (2 * width)) % (2 * height),
      Math.floor(i / (4 * width * height)),
    ]
    return data[(channel * height + (y >> 1)) * width + (x >> 1)] ?? NaN
  }),
})

describe('runInTiles', () => {
  const source = uniform([1, 3, 30, 41], 4)
  const [rows, columns] = [planTiles(30, 16, 4), planTiles(41, 16, 4)]

  it('gives what one run gives where positions do not look at each other', async () => {
    const tiled = await runInTiles({ source, rows, columns, scale: 2, run: double })
    const whole = await double(source)
    expect(tiled.shape).toEqual(whole.shape)
    // A weighted mean of equal float32 numbers: 2e-7 for the weights' own rounding.
    for (const [i, value] of whole.data.entries()) expect(Math.abs((tiled.data[i] ?? NaN) - value)).toBeLessThan(5e-7)
  })

  it('stops before the next tile', async () => {
    const controller = new AbortController()
    let runs = 0
    const run = (tile: NdArray): Promise<NdArray> => {
      runs += 1
      controller.abort()
      return double(tile)
    }
    const stopped = runInTiles({ source, rows, columns, scale: 2, run, signal: controller.signal })
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    expect(runs).toBe(1)
  })
})
