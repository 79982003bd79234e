import { expect, it } from 'vitest'
import { csgLayers } from '../../../engine/losses/csg-layers.ts'
import type { AttentionLayer } from '../../../engine/networks/attention-layers.ts'

const pair = (path: string, side: number): readonly AttentionLayer[] =>
  (['picture', 'prompt'] as const).map((looksAt) => ({
    key: `${path}.attn${looksAt === 'prompt' ? 2 : 1}`,
    looksAt,
    heads: 8,
    height: side,
    width: side,
    keys: looksAt === 'prompt' ? 77 : side * side,
  }))

const networks = [
  {
    name: 'SD 1.5 at 512: 16 x 16 of the up path',
    layers: [pair('down_blocks.1', 32), pair('down_blocks.2', 16), pair('up_blocks.1', 16), pair('up_blocks.2', 32)],
    words: ['up_blocks.1.attn2'],
    places: ['up_blocks.1.attn1'],
  },
  {
    name: 'SDXL at 1024: 32 x 32, since there is nothing smaller',
    layers: [pair('down_blocks.2', 32), pair('mid_block', 32), pair('up_blocks.0', 32), pair('up_blocks.1', 64)],
    words: ['up_blocks.0.attn2'],
    places: ['up_blocks.0.attn1'],
  },
  {
    name: 'a network without attention on the up path: what is nearest of the rest',
    layers: [pair('down_blocks.0', 32), pair('down_blocks.1', 20)],
    words: ['down_blocks.1.attn2'],
    places: ['down_blocks.1.attn1'],
  },
  { name: 'a network without attention', layers: [], words: [], places: [] },
]

it.each(networks)('reads composite scenes from $name', ({ layers, words, places }) => {
  const chosen = csgLayers(layers.flat())
  expect(chosen.words.map(({ key }) => key)).toEqual(words)
  expect(chosen.places.map(({ key }) => key)).toEqual(places)
})
