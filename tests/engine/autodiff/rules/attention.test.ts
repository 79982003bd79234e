import { describe, expect, it } from 'vitest'
import { attentionTiles } from '../../../../engine/autodiff/rules/attention-tiles.ts'
import { attentionAsPrimitives } from '../../../../engine/graph/lower/attention.ts'
import { lower, cpuTarget } from '../../../../engine/graph/lower/lower.ts'
import { activationPeak } from '../../../../engine/graph/onnx/activation-peak.ts'
import { attention, input } from '../../../../engine/graph/ops.ts'
import { rewrite } from '../../../../engine/graph/rewrite.ts'
import { isOp, type Value } from '../../../../engine/graph/value.ts'
import type { Transform } from '../../../../engine/graph/graph.ts'
import { relativeError } from '../../../reference/relative-error.ts'
import { runOnce } from '../../graph/small-graphs.ts'
import { gradientGraph } from '../gradient-graph.ts'

const unfused: Transform = (graph) =>
  rewrite(graph, (value, operands) => (isOp(value, 'attention') ? attentionAsPrimitives(value, operands) : undefined))

const selfAttention = (positions: number, heads: number, width: number): Value => {
  const [query, key, value] = ['query', 'key', 'value'].map((name) => input(name, [1, positions, width]))
  return query && key && value ? attention(query, key, value, { heads, label: 'layer' }) : input('none', [])
}

describe('the gradient of attention', () => {
  it.each([
    { what: 'each head is cut by its queries', positions: 2100, heads: 2, width: 4 },
    { what: 'heads are taken one by one', positions: 1500, heads: 3, width: 6 },
    { what: 'heads are taken in groups', positions: 700, heads: 10, width: 20 },
  ])('is that of its parts where $what', async ({ positions, heads, width }) => {
    const y = selfAttention(positions, heads, width)
    const [tiled, whole] = [gradientGraph(y), gradientGraph(y, unfused)]
    const [ours, theirs] = [await runOnce(tiled.graph, tiled.feeds), await runOnce(whole.graph, whole.feeds)]
    for (const name of whole.inputs) {
      // Sums over thousands of positions in float32, in another order.
      expect(relativeError(ours[`grad.${name}`]?.data ?? [], theirs[`grad.${name}`]?.data ?? []), name).toBeLessThan(
        1e-4,
      )
    }
  })

  it('needs memory for a few tiles, however many positions there are', () => {
    const peakOf = (positions: number): number =>
      activationPeak(lower(cpuTarget)(gradientGraph(selfAttention(positions, 8, 64)).graph))
    // Twice the positions: the scores of all heads would grow from 134 MB to 537 MB, and several of them are needed.
    expect(peakOf(4096)).toBeLessThan(90e6)
    expect(peakOf(4096) / peakOf(2048)).toBeLessThan(2)
  })
})

describe('attentionTiles', () => {
  it.each([
    { sizes: { batch: 1, heads: 8, queries: 256, keys: 77 }, groups: 1, tiles: 1 },
    { sizes: { batch: 1, heads: 8, queries: 4096, keys: 77 }, groups: 1, tiles: 1 },
    { sizes: { batch: 1, heads: 8, queries: 1024, keys: 1024 }, groups: 2, tiles: 2 },
    { sizes: { batch: 1, heads: 8, queries: 4096, keys: 4096 }, groups: 8, tiles: 32 },
    { sizes: { batch: 4, heads: 8, queries: 4096, keys: 4096 }, groups: 8, tiles: 128 },
    { sizes: { batch: 1, heads: 1, queries: 3, keys: 10_000_000 }, groups: 1, tiles: 3 },
  ])('cuts $sizes into $tiles tiles', ({ sizes, groups, tiles }) => {
    const cut = attentionTiles(sizes)
    expect([cut.length, cut.flatMap(({ queries }) => queries).length]).toEqual([groups, tiles])
  })

  it.each([
    { batch: 1, heads: 5, queries: 1000, keys: 3000 },
    { batch: 2, heads: 7, queries: 777, keys: 5555 },
  ])('covers every head and every query once: $heads heads, $queries queries', (sizes) => {
    const tiles = attentionTiles(sizes)
    expect(tiles.flatMap(({ heads }) => numbersIn(heads))).toEqual([...Array(sizes.heads).keys()])
    for (const { queries } of tiles) expect(queries.flatMap(numbersIn)).toEqual([...Array(sizes.queries).keys()])
  })
})

const numbersIn = ({ from, to }: { readonly from: number; readonly to: number }): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i)
