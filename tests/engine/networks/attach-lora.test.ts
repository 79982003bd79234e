import { describe, expect, it } from 'vitest'
import { makeGraph } from '../../../engine/graph/graph.ts'
import { makeValue } from '../../../engine/graph/make-value.ts'
import { cast, conv, input, linear, silu, transpose } from '../../../engine/graph/ops.ts'
import type { Value } from '../../../engine/graph/value.ts'
import { attachLora, loraModules } from '../../../engine/networks/attach-lora.ts'
import { loraFeeds, loraRankFor, type LoraMatrices } from '../../../engine/networks/lora-feeds.ts'
import { uniform } from '../autodiff/gradient-graph.ts'

/** A weight as a checkpoint has it, never read here. */
const stored = (key: string, shape: readonly number[]): Value =>
  makeValue('initializer', [], {
    view: { key: `${key}.weight`, file: '/model', byteOffset: 0, byteLength: 0, shape, dtype: 'float16' },
  })
const weight = (key: string, shape: readonly number[]): Value => cast(stored(key, shape), 'float32')

const attn = 'down_blocks.0.attentions.0.transformer_blocks.0.attn1'
const x = input('x', [1, 3, 4])
const picture = input('picture', [1, 4, 5, 5])
const graph = makeGraph('g', {
  query: linear(x, weight(`${attn}.to_q`, [6, 4])),
  stored: linear(x, transpose(weight('text_projection', [4, 2]), [1, 0])),
  down: conv(silu(picture), weight('downsamplers.0.conv', [8, 4, 3, 3]), undefined, { stride: 2, pads: 1 }),
})

describe('loraModules', () => {
  it('lists layers by key and shape, stored as they may be', () => {
    expect(loraModules(graph, 'all')).toEqual([
      { module: `${attn}.to_q`, shape: [6, 4] },
      { module: 'text_projection', shape: [2, 4] },
      { module: 'downsamplers.0.conv', shape: [8, 4, 3, 3] },
    ])
    expect(loraModules(graph, 'transformers').map(({ module }) => module)).toEqual([`${attn}.to_q`])
  })
})

describe('attachLora', () => {
  it('adds two matrices for each layer as inputs and keeps every shape', () => {
    const modules = loraModules(graph, 'all').map(({ module }) => module)
    const attached = attachLora({ rank: 8, modules: [...modules, 'not.there'] })(graph)
    const added = [...attached.inputs].filter(([name]) => !graph.inputs.has(name))
    expect(Object.fromEntries(added.map(([name, { shape }]) => [name, shape]))).toEqual({
      [`lora.${attn}.to_q.down`]: [8, 4],
      [`lora.${attn}.to_q.up`]: [6, 8],
      'lora.text_projection.down': [8, 4],
      'lora.text_projection.up': [2, 8],
      'lora.downsamplers.0.conv.down': [8, 4, 3, 3],
      'lora.downsamplers.0.conv.up': [8, 8, 1, 1],
    })
    for (const [name, { shape }] of attached.outputs) expect(shape).toEqual(graph.outputs.get(name)?.shape)
  })
})

describe('loraFeeds', () => {
  const lora = (rank: number, alpha: number, seed: number): LoraMatrices => ({
    module: `${attn}.to_q`,
    rank,
    alpha,
    down: uniform([rank, 4], seed),
    up: uniform([6, rank], seed + 1),
  })
  const attached = attachLora({ rank: 8, modules: [`${attn}.to_q`, 'text_projection'] })(graph)

  it('stacks LoRAs so that the product of the fed matrices is the sum of their products', () => {
    const loras = [
      { layers: [lora(2, 4, 1)], strength: 0.5 },
      { layers: [lora(3, 3, 3)], strength: -2 },
    ]
    const feeds = loraFeeds(attached, loras)
    const fed = product(feeds[`lora.${attn}.to_q.up`]?.data ?? [], feeds[`lora.${attn}.to_q.down`]?.data ?? [], 8)
    const [first, second] = [lora(2, 4, 1), lora(3, 3, 3)]
    const [a, b] = [product(first.up.data, first.down.data, 2), product(second.up.data, second.down.data, 3)]
    for (const [i, element] of fed.entries()) {
      expect(element).toBeCloseTo(0.5 * (4 / 2) * (a[i] ?? NaN) - 2 * (3 / 3) * (b[i] ?? NaN), 5)
    }
  })

  it('feeds zeros to layers that no LoRA changes', () => {
    const feeds = loraFeeds(attached, [])
    expect(Object.keys(feeds)).toHaveLength(4)
    for (const { data } of Object.values(feeds)) expect(data.every((element) => element === 0)).toBe(true)
  })

  it('refuses more ranks than the graph has', () => {
    expect(() => loraFeeds(attached, [{ layers: [lora(9, 1, 1)], strength: 1 }])).toThrow(
      'LoRAs: ranks that add up to 9, expected at most 8. Use fewer LoRAs at once.',
    )
  })

  it.each([
    { ranks: [], needed: 0 },
    { ranks: [4], needed: 8 },
    { ranks: [8], needed: 8 },
    { ranks: [8, 4], needed: 16 },
    { ranks: [64, 64, 1], needed: 256 },
    { ranks: [128, 128, 128, 128, 128], needed: 1024 },
  ])('needs rank $needed for ranks $ranks together', ({ ranks, needed }) => {
    expect(loraRankFor(ranks.map((rank) => ({ layers: [lora(rank, 1, 1)], strength: 1 })))).toBe(needed)
  })
})

/** up [6, rank] times down [rank, 4]. */
const product = (up: ArrayLike<number>, down: ArrayLike<number>, rank: number): number[] =>
  Array.from({ length: 24 }, (_, i) => {
    let sum = 0
    for (let k = 0; k < rank; k += 1) {
      sum += (up[Math.floor(i / 4) * rank + k] ?? NaN) * (down[k * 4 + (i % 4)] ?? NaN)
    }
    return sum
  })
