import { describe, expect, it } from 'vitest'
import { makeGraph, type Graph } from '../../../engine/graph/graph.ts'
import { attention, input, reshape } from '../../../engine/graph/ops.ts'
import type { Value } from '../../../engine/graph/value.ts'
import { regionLoss } from '../../../engine/losses/region-loss.ts'
import type { AttentionLayer } from '../../../engine/networks/attention-layers.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import { runOnce } from '../graph/small-graphs.ts'

const layerOf = (key: string, height: number, width: number): AttentionLayer => ({
  key,
  looksAt: 'prompt',
  heads: 1,
  height,
  width,
  keys: 2,
})

const keysFeed = { keys: { shape: [1, 2, 1], data: Float32Array.of(1, 0) } }
const scoresOf = (shares: readonly number[]): NdArray => ({
  shape: [1, shares.length],
  data: Float32Array.from(shares, (share) => Math.log(share / (1 - share))),
})

/**
 * Attention of each layer's positions to two tokens. Scores are the numbers fed as `scores.<key>` for the first token and 0
 * for the second, so that the first has probability 1 / (1 + e^−score).
 */
const graphOf = (...layers: readonly AttentionLayer[]): Graph => {
  const keys = input('keys', [1, 2, 1])
  const outputs = layers.map(({ key, height, width }): [string, Value] => {
    const query = reshape(input(`scores.${key}`, [1, height * width]), [1, height * width, 1])
    return [`out.${key}`, attention(query, keys, keys, { heads: 1, label: key, scale: 1 })]
  })
  return makeGraph('g', Object.fromEntries(outputs))
}

const entropy = (probability: number, mask: number): number => {
  const limited = Math.min(Math.max(probability, 1e-6), Math.fround(1 - 1e-6)) // as float32 has the bound
  return -mask * Math.log(limited) - (1 - mask) * Math.log(1 - limited)
}
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length
const lossOf = (shares: readonly number[], masks: readonly number[]): number => {
  const peak = Math.max(...shares)
  return mean(shares.map((share, i) => entropy(share, masks[i] ?? NaN) + entropy(share / peak, masks[i] ?? NaN)))
}

const wide = layerOf('wide', 2, 2)
const shares = [0.9, 0.2, 0.4, 0.1]
const masks = [1, 0, 0.5, 0]
const regionFeeds = (...strengths: readonly number[]): Readonly<Record<string, NdArray>> => ({
  masks: { shape: [strengths.length, 2, 2], data: Float32Array.from(strengths.flatMap(() => masks)) },
  region_tokens: {
    shape: [strengths.length, 2],
    data: Float32Array.from(strengths.flatMap((_, i) => (i === 0 ? [1, 0] : [0, 1]))),
  },
  strengths: { shape: [strengths.length], data: Float32Array.from(strengths) },
})

describe('regionLoss', () => {
  it('is the cross-entropy of the map and of the map over its maximum', async () => {
    const graph = regionLoss({ layers: [wide], regions: 1 })(graphOf(wide))
    const { loss } = await runOnce(graph, { ...keysFeed, ...regionFeeds(1), 'scores.wide': scoresOf(shares) })
    expect(loss?.data[0]).toBeCloseTo(lossOf(shares, masks), 5)
  })

  it('adds up regions by their strengths', async () => {
    const graph = regionLoss({ layers: [wide], regions: 2 })(graphOf(wide))
    const { loss } = await runOnce(graph, { ...keysFeed, ...regionFeeds(2, 0.5), 'scores.wide': scoresOf(shares) })
    const others = shares.map((share) => 1 - share)
    expect(loss?.data[0]).toBeCloseTo(2 * lossOf(shares, masks) + 0.5 * lossOf(others, masks), 5)
  })

  it('brings smaller maps to the largest and takes the mean of all', async () => {
    const dot = layerOf('dot', 1, 1)
    const graph = regionLoss({ layers: [dot, wide], regions: 1 })(graphOf(dot, wide))
    const feeds = { ...keysFeed, ...regionFeeds(1), 'scores.wide': scoresOf(shares), 'scores.dot': scoresOf([0.5]) }
    const { loss } = await runOnce(graph, feeds)
    expect(loss?.data[0]).toBeCloseTo(lossOf(shares.map((share) => (share + 0.5) / 2), masks), 5) // prettier-ignore
  })

  it('stays finite where attention is all or nothing', async () => {
    const graph = regionLoss({ layers: [wide], regions: 1 })(graphOf(wide))
    const certain = { shape: [1, 4], data: Float32Array.of(80, -80, 80, -80) }
    const { loss } = await runOnce(graph, { ...keysFeed, ...regionFeeds(1), 'scores.wide': certain })
    expect(loss?.data[0]).toBeCloseTo(lossOf([1, 0, 1, 0], masks), 4)
  })

  it('keeps the outputs of the network and adds only the loss', () => {
    const graph = regionLoss({ layers: [wide], regions: 1 })(graphOf(wide))
    expect([...graph.outputs.keys()]).toEqual(['out.wide', 'loss'])
  })

  it('refuses to be made of no layers', () => {
    expect(() => regionLoss({ layers: [], regions: 1 })(graphOf(wide))).toThrow(
      'region loss: no attention layers, expected at least one.',
    )
  })
})
