import { describe, expect, it } from 'vitest'
import type { PlacedRegion } from '../../../engine/methods/layout-regions.ts'
import { MapMean, regionCoverages } from '../../../engine/methods/region-coverage.ts'
import type { AttentionMap } from '../../../engine/machine/machine.ts'

/** Attention of four places to two tokens; the region's phrase is the second. */
const mapOf = (...shares: number[]): AttentionMap => ({
  layer: 'up_blocks.0.attn2',
  height: 2,
  width: 2,
  probabilities: { shape: [4, 2], data: Float32Array.from(shares.flatMap((share) => [1 - share, share])) },
})

const coverageOf = (painted: readonly number[], ...maps: readonly AttentionMap[]) => {
  const mean = new MapMean()
  mean.add(maps)
  const region: PlacedRegion = {
    id: 'cat',
    tokens: [1],
    strength: 1,
    from: 0,
    coverage: () => ({ shape: [2, 2], data: Float32Array.from(painted) }),
  }
  return regionCoverages(mean, [region])[0]
}

describe('coverage of a region', () => {
  it('is obeyed when strong attention lies in it and fills it', () => {
    const { insideAll, ...verdict } = coverageOf([1, 1, 0, 0], mapOf(0.8, 0.6, 0.3, 0.1)) ?? {}
    expect(verdict).toEqual({
      id: 'cat',
      inside: 1, // 0.3 and 0.1 are weak
      fill: 1,
      isObeyed: true,
    })
    expect(insideAll).toBeCloseTo(1.4 / 1.8, 6)
  })

  it('tells what part of all attention lies inside, which decides nothing', () => {
    const { insideAll, isObeyed } = coverageOf([1, 0, 0, 0], mapOf(0.9, 0.4, 0.4, 0.4)) ?? {}
    expect(insideAll).toBeCloseTo(0.9 / 2.1, 6)
    expect(isObeyed).toBe(true)
  })

  it('is not obeyed when half of the strong attention lies beside it', () => {
    const { inside = NaN, fill, isObeyed } = coverageOf([1, 0, 0, 0], mapOf(0.8, 0.8, 0.1, 0.1)) ?? {}
    expect(inside).toBeCloseTo(0.5, 6)
    expect([fill, isObeyed]).toEqual([1, false])
  })

  it('is not obeyed when little of it is filled', () => {
    expect(coverageOf([1, 1, 1, 1], mapOf(0.8, 0.1, 0.1, 0.1))).toMatchObject({
      inside: 1,
      fill: 0.25,
      isObeyed: false,
    })
  })

  it('takes the mean of maps, and counts cells by how much of them is painted', () => {
    const { inside = NaN, fill = NaN } = coverageOf([0.5, 1, 0, 0], mapOf(0.9, 0.1, 0, 0), mapOf(0.3, 0.7, 0, 0)) ?? {}
    expect(inside).toBeCloseTo((0.5 * 0.6 + 0.4) / 1, 6)
    expect(fill).toBeCloseTo(1, 6)
  })

  it('is nothing where no attention was looked at', () => {
    expect(coverageOf([1, 1, 0, 0])).toBeUndefined()
  })
})
