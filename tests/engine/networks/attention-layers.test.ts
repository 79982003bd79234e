import { expect, it } from 'vitest'
import { attentionLayers } from '../../../engine/networks/attention-layers.ts'
import { tinyUNet } from './tiny-unet.ts'

it('lists layers in the order of execution with the sizes of their maps, which round up', () => {
  const layers = attentionLayers(tinyUNet({ height: 7, width: 5 }))
  const layer = (key: string, looksAt: string, height: number, width: number) => ({
    key,
    looksAt,
    heads: 2,
    height,
    width,
    keys: looksAt === 'prompt' ? 5 : height * width,
  })
  const pair = (path: string, height: number, width: number) => [
    layer(`${path}.transformer_blocks.0.attn1`, 'picture', height, width),
    layer(`${path}.transformer_blocks.0.attn2`, 'prompt', height, width),
  ]
  expect(layers).toEqual([
    ...pair('down_blocks.0.attentions.0', 7, 5),
    ...pair('mid_block.attentions.0', 4, 3),
    ...pair('up_blocks.1.attentions.0', 7, 5),
    ...pair('up_blocks.1.attentions.1', 7, 5),
  ])
})
