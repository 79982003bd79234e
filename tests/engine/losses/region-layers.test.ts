import { expect, it } from 'vitest'
import { regionLayers } from '../../../engine/losses/region-layers.ts'
import type { AttentionLayer } from '../../../engine/networks/attention-layers.ts'

const layer = (path: string, side: number, looksAt: 'prompt' | 'picture' = 'prompt'): AttentionLayer => ({
  key: `${path}.attn${looksAt === 'prompt' ? 2 : 1}`,
  looksAt,
  heads: 8,
  height: side,
  width: side,
  keys: 77,
})

const layouts: readonly { name: string; layers: readonly AttentionLayer[]; chosen: readonly string[] }[] = [
  {
    name: 'SD 1.5 at 512: 32 x 32 and 16 x 16, without the middle and the picture itself',
    layers: [
      layer('down_blocks.0', 64),
      layer('down_blocks.1', 32),
      layer('down_blocks.1', 32, 'picture'),
      layer('down_blocks.2', 16),
      layer('mid_block', 8),
      layer('up_blocks.1', 16),
      layer('up_blocks.3', 64),
    ],
    chosen: ['down_blocks.1.attn2', 'down_blocks.2.attn2', 'up_blocks.1.attn2'],
  },
  {
    name: 'a network with small maps only: the two largest',
    layers: [layer('down_blocks.0', 4), layer('mid_block', 2), layer('up_blocks.0', 7)],
    chosen: ['up_blocks.0.attn2', 'down_blocks.0.attn2'],
  },
  {
    name: 'a network with large maps only: the two largest',
    layers: [layer('down_blocks.0', 64), layer('down_blocks.1', 48), layer('up_blocks.1', 56)],
    chosen: ['down_blocks.0.attn2', 'up_blocks.1.attn2'],
  },
  { name: '40 x 40 and 8 x 8, the bounds', layers: [layer('a', 41), layer('b', 40), layer('c', 8), layer('d', 7)], chosen: ['b.attn2', 'c.attn2'] }, // prettier-ignore
  { name: 'a network without a prompt', layers: [layer('down_blocks.0', 16, 'picture')], chosen: [] },
]

it.each(layouts)('chooses the layers of $name', ({ layers, chosen }) => {
  expect(regionLayers(layers).map(({ key }) => key)).toEqual(chosen)
})
