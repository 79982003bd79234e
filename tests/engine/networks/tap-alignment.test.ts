import { describe, expect, it } from 'vitest'
import { attentionLayers } from '../../../engine/networks/attention-layers.ts'
import { alignmentLayers, placesOutput, tapAlignment, upPlacesOutput } from '../../../engine/networks/tap-alignment.ts'
import { mapOf, tap } from '../../../engine/networks/tap.ts'
import { relativeError } from '../../reference/relative-error.ts'
import { runOnce } from '../graph/small-graphs.ts'
import { feedsFor, tinyUNet } from './tiny-unet.ts'

const graph = tinyUNet({ height: 6, width: 5 })
const layers = attentionLayers(graph)
const chosen = alignmentLayers(layers)

describe('alignmentLayers', () => {
  it('takes every layer that looks at the prompt, and the largest that look at the picture', () => {
    expect(chosen.words).toEqual(layers.filter(({ looksAt }) => looksAt === 'prompt'))
    expect(new Set(chosen.places.map(({ height, width }) => `${height} x ${width}`))).toEqual(new Set(['6 x 5']))
  })

  it('leaves out maps of the picture whose square would not fit', () => {
    const large = layers.map((layer) => ({ ...layer, height: 65, width: 64 }))
    expect(alignmentLayers(large).places).toEqual([])
  })
})

describe('tapAlignment', () => {
  it('gives the maps of single layers and the means of the places', async () => {
    const tapped = tapAlignment(chosen)(graph)
    expect([...tapped.outputs.keys()]).toEqual([
      'prediction',
      ...chosen.words.map(({ key }) => mapOf(key)),
      placesOutput,
      upPlacesOutput,
    ])
    const feeds = feedsFor(graph)
    const all = await runOnce(tap({ layers: layers.map(({ key }) => key), expose: ['map'] })(graph), feeds)
    const ours = await runOnce(tapped, feeds)
    const mean = (keys: readonly string[]): readonly number[] =>
      Array.from(ours[placesOutput]?.data ?? [], (_, i) =>
        keys.reduce((sum, key) => sum + (all[mapOf(key)]?.data[i] ?? NaN) / keys.length, 0),
      )
    const keys = chosen.places.map(({ key }) => key)
    const up = keys.filter((key) => key.startsWith('up_blocks'))
    // float32 sums in another order
    expect(relativeError(ours[placesOutput]?.data ?? [], mean(keys))).toBeLessThan(1e-6)
    expect(relativeError(ours[upPlacesOutput]?.data ?? [], mean(up))).toBeLessThan(1e-6)
    for (const { key } of chosen.words) {
      const { data = [] } = ours[mapOf(key)] ?? {}
      expect(relativeError(data, all[mapOf(key)]?.data ?? [])).toBeLessThan(1e-6)
    }
  })
})
