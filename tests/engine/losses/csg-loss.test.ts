import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../engine/autodiff/differentiate.ts'
import { zeroFeed } from '../../../engine/autodiff/zero-after.ts'
import { applyTransforms, makeGraph, type Graph } from '../../../engine/graph/graph.ts'
import { attention, constant, input } from '../../../engine/graph/ops.ts'
import { csgLoss } from '../../../engine/losses/csg-loss.ts'
import type { AttentionLayer } from '../../../engine/networks/attention-layers.ts'
import { ndArray, type NdArray, type Shape } from '../../../engine/tensor/nd-array.ts'
import { runOnce, scattered } from '../graph/small-graphs.ts'

const positions = 4
const tokens = 3
const layerOf = (key: string, looksAt: 'prompt' | 'picture', keys: number): AttentionLayer => ({
  key,
  looksAt,
  heads: 1,
  height: 2,
  width: 2,
  keys,
})
const layers = { words: [layerOf('w.attn2', 'prompt', tokens)], places: [layerOf('p.attn1', 'picture', positions)] }

/** Attention whose scores are the rows of its query: the keys are the identity. */
const scoresAttention = (label: string, query: ReturnType<typeof input>) => {
  const width = query.shape[2] ?? 1
  const identity = Float32Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0))
  const keys = constant({ shape: [1, width, width], data: identity })
  return attention(query, keys, keys, { heads: 1, label, scale: 1 })
}
const graph: Graph = makeGraph('g', {
  words: scoresAttention('w.attn2', input('toWords', [1, positions, tokens])),
  places: scoresAttention('p.attn1', input('toPlaces', [1, positions, positions])),
})

const feed = (shape: Shape, data: readonly number[]): NdArray => ndArray(shape, Float32Array.from(data))
// Region 0 takes the upper half of the picture and token 1, region 1 the lower left cell and token 2.
const masks = [
  [1, 1, 0, 0],
  [0, 0, 1, 0],
]
const counts = { inside: [2, 1], outside: [1, 1] }
const feeds = {
  toWords: scattered([1, positions, tokens], 1),
  toPlaces: scattered([1, positions, positions], 2),
  masks: feed([2, 2, 2], masks.flat()),
  region_tokens: feed([2, tokens], [0, 1, 0, 0, 0, 1]),
  strengths: feed([2], [1, 2]),
  inside_counts: feed([2], counts.inside),
  outside_counts: feed([2], counts.outside),
  rivals: feed([2, 2], [0, 1, 1, 0]),
  ...zeroFeed(),
}

const softmaxRows = ({ data }: NdArray, width: number): number[][] =>
  Array.from({ length: data.length / width }, (_, row) => {
    const powers = [...data.slice(row * width, (row + 1) * width)].map(Math.exp)
    const sum = powers.reduce((total, power) => total + power, 0)
    return powers.map((power) => power / sum)
  })

/** The loss by its formula, in doubles. */
const lossOf = (toWords: NdArray, toPlaces: NdArray, strengths = [1, 2]): number => {
  const words = softmaxRows(toWords, tokens)
  const places = softmaxRows(toPlaces, positions)
  const looks = [0, 1].map((region) => words.map((row) => row[region + 1] ?? NaN))
  const regions = masks.map((mask) => places.map((row) => row.reduce((sum, p, i) => sum + p * (mask[i] ?? 0), 0)))
  const largest = (values: readonly number[], count: number): number[] =>
    values.toSorted((a, b) => b - a).slice(0, count)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const within = (values: readonly number[], region: number): number => {
    const [most, least] = [counts.inside[region] ?? 1, counts.outside[region] ?? 1]
    const inside = (least / most) * sum(largest(values.map((v, i) => v * (masks[region]?.[i] ?? 0)), most)) // prettier-ignore
    const outside = sum(largest(values.map((v, i) => v * (1 - (masks[region]?.[i] ?? 0))), least)) // prettier-ignore
    return (1 - inside / (inside + outside)) ** 2
  }
  const across = (region: number): number => {
    // Every cell of either region is among its largest here.
    const cells = [0, 1, 2, 3].filter((i) => masks[region]?.[i] === 1)
    const meanOf = (values: readonly number[] = []): number => sum(cells.map((i) => values[i] ?? NaN)) / cells.length
    return Math.max(0, meanOf(looks[1 - region]) + 0.1 - meanOf(looks[region])) ** 2
  }
  return sum(
    [0, 1].map((region) => {
      const own = 5 * within(looks[region] ?? [], region) + 5 * within(regions[region] ?? [], region)
      return (strengths[region] ?? 0) * (own + 250 * across(region))
    }),
  )
}

describe('the loss of composite scenes', () => {
  const lossy = csgLoss({ layers, regions: 2 })(graph)

  it('is what its formula says', async () => {
    const { loss } = await runOnce(lossy, feeds)
    expect(loss?.data[0]).toBeCloseTo(lossOf(feeds.toWords, feeds.toPlaces), 4) // of about 20, in float32
  })

  it('has the gradient that finite differences have', async () => {
    const wanted = ['toWords', 'toPlaces'] as const
    const outputs = await runOnce(applyTransforms(lossy, differentiate({ loss: 'loss', withRespectTo: wanted })), feeds)
    for (const name of wanted) {
      const gradient = outputs[`grad.${name}`]
      for (const [i, value] of feeds[name].data.entries()) {
        const at = (step: number): number => {
          const moved = { ...feeds[name], data: feeds[name].data.with(i, value + step) }
          return name === 'toWords' ? lossOf(moved, feeds.toPlaces) : lossOf(feeds.toWords, moved)
        }
        // The step is small enough to choose the same cells, large enough for float32 inputs.
        expect(gradient?.data[i], `${name} ${i}`).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 1.5)
      }
    }
  })

  it('leaves out places of strength 0, and the rivalry of regions that share words', async () => {
    const single = { ...feeds, strengths: feed([2], [1, 0]) }
    const { loss } = await runOnce(lossy, single)
    expect(loss?.data[0]).toBeCloseTo(lossOf(feeds.toWords, feeds.toPlaces, [1, 0]), 4)
    const alone = await runOnce(lossy, { ...single, rivals: feed([2, 2], [0, 0, 0, 0]) })
    expect(alone['loss']?.data[0]).toBeLessThan(10) // 5 + 5 at most: nothing across
  })

  it('stays finite where a region is the whole picture', async () => {
    const whole = { ...feeds, masks: feed([2, 2, 2], [1, 1, 1, 1, 1, 1, 1, 1]), inside_counts: feed([2], [3, 3]) }
    const { loss } = await runOnce(lossy, whole)
    expect(Number.isFinite(loss?.data[0])).toBe(true)
  })
})
