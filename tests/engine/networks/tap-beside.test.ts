import { describe, expect, it } from 'vitest'
import { attentionLayers } from '../../../engine/networks/attention-layers.ts'
import { tapBeside } from '../../../engine/networks/tap-beside.ts'
import { mapOf, tap } from '../../../engine/networks/tap.ts'
import { relativeError } from '../../reference/relative-error.ts'
import { runOnce } from '../graph/small-graphs.ts'
import { feedsFor, tinyUNet } from './tiny-unet.ts'

const graph = tinyUNet({ batch: 2, height: 6, width: 5 })
const layers = attentionLayers(graph)
  .filter(({ looksAt }) => looksAt === 'prompt')
  .map(({ key }) => key)

describe('tapBeside', () => {
  it('leaves the prediction its bits', async () => {
    const feeds = feedsFor(graph)
    const [plain, tapped] = [await runOnce(graph, feeds), await runOnce(tapBeside(layers)(graph), feeds)]
    expect(tapped['prediction']).toEqual(plain['prediction'])
  })

  it('gives the maps that the layers themselves compute', async () => {
    const feeds = feedsFor(graph)
    const beside = await runOnce(tapBeside(layers)(graph), feeds)
    const within = await runOnce(tap({ layers, expose: ['map'] })(graph), feeds)
    expect(Object.keys(beside)).toEqual(Object.keys(within))
    for (const layer of layers) {
      const [map, expected] = [beside[mapOf(layer)], within[mapOf(layer)]]
      expect(map?.shape).toEqual(expected?.shape)
      // The fused kernels of the layers before add up in another order.
      expect(relativeError(map?.data ?? [], expected?.data ?? [])).toBeLessThan(1e-5)
    }
  })

  it('adds nothing without layers', () => {
    expect([...tapBeside([])(graph).outputs.keys()]).toEqual(['prediction'])
  })
})
