import { describe, expect, it } from 'vitest'
import { seededDraws } from '../../../engine/text/seeded-draws.ts'

describe('seededDraws', () => {
  it('gives the same draws for a seed, and others for another', () => {
    const draws = (seed: bigint): readonly number[] => {
      const { below } = seededDraws(seed)
      return Array.from({ length: 8 }, () => below(1000))
    }
    expect(draws(1n)).toEqual(draws(1n))
    const seeds = [0n, 1n, 2n, -1n, 1n << 32n, 1n << 63n]
    expect(new Set(seeds.map((seed) => draws(seed).join())).size).toBe(seeds.length)
  })

  it('favours no number', () => {
    const { below, share } = seededDraws(7n)
    const drawn = Array.from({ length: 30_000 }, () => below(3))
    // Standard deviation 82; five of them
    for (const count of [0, 1, 2].map((value) => drawn.filter((other) => other === value).length))
      expect(Math.abs(count - 10_000)).toBeLessThan(410)
    const mean = Array.from({ length: 30_000 }, share).reduce((sum, value) => sum + value, 0) / 30_000
    // Standard deviation 0.0017; five of them
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.0085)
  })

  it('stays below its bound', () => {
    const { below, share } = seededDraws(9n)
    expect(Array.from({ length: 100 }, () => below(1))).toEqual(new Array(100).fill(0))
    for (let i = 0; i < 1000; i++) expect(share()).toBeLessThan(1)
  })
})
