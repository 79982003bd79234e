import { describe, expect, it } from 'vitest'
import { attentionLayers } from '../../../engine/networks/attention-layers.ts'
import { mapOf, tap } from '../../../engine/networks/tap.ts'
import { logitsOf, probabilitiesOf } from '../../../engine/networks/split-attention.ts'
import { relativeError } from '../../reference/relative-error.ts'
import { runOnce } from '../graph/small-graphs.ts'
import { feedsFor, tinyUNet } from './tiny-unet.ts'

const graph = tinyUNet({ batch: 2, height: 6, width: 5 })
const [layer = ''] = attentionLayers(graph)
  .filter(({ looksAt }) => looksAt === 'prompt')
  .map(({ key }) => key)

describe('tap', () => {
  it('exposes probabilities that sum to 1 over tokens, their logits and their mean over heads', async () => {
    const tapped = tap({ layers: [layer], expose: ['logits', 'probs', 'map'] })(graph)
    const outputs = await runOnce(tapped, feedsFor(tapped))
    const { [probabilitiesOf(layer)]: probabilities, [logitsOf(layer)]: logits, [mapOf(layer)]: map } = outputs
    expect([probabilities?.shape, logits?.shape, map?.shape]).toEqual([
      [2, 2, 30, 5],
      [2, 2, 30, 5],
      [2, 30, 5],
    ])
    const rows = Array.from({ length: 120 }, (_, row) => probabilities?.data.slice(5 * row, 5 * row + 5) ?? [])
    for (const [i, row] of rows.entries()) {
      expect(sum(row)).toBeCloseTo(1, 5)
      const exponentials = Array.from(logits?.data.slice(5 * i, 5 * i + 5) ?? [], Math.exp)
      expect(row[0]).toBeCloseTo((exponentials[0] ?? NaN) / sum(exponentials), 5)
    }
    const [firstHead, secondHead] = [probabilities?.data[0] ?? NaN, probabilities?.data[150] ?? NaN]
    expect(map?.data[0]).toBeCloseTo((firstHead + secondHead) / 2, 6)
  })

  it('does not change the prediction', async () => {
    const every = attentionLayers(graph).map(({ key }) => key)
    const tapped = tap({ layers: every, expose: ['map'] })(graph)
    const feeds = feedsFor(graph)
    const [ours, plain] = [await runOnce(tapped, feeds), await runOnce(graph, feeds)]
    // The fused kernel adds up in another order.
    expect(relativeError(ours['prediction']?.data ?? [], plain['prediction']?.data ?? [])).toBeLessThan(1e-5)
  })

  it('taps a layer twice without splitting it twice', () => {
    const once = tap({ layers: [layer], expose: ['probs'] })(graph)
    const twice = tap({ layers: [layer], expose: ['map'] })(once)
    expect(twice.outputs.get(probabilitiesOf(layer))).toBe(once.outputs.get(probabilitiesOf(layer)))
    expect([...twice.outputs.keys()]).toEqual(['prediction', probabilitiesOf(layer), mapOf(layer)])
  })

  it('refuses a layer that is not there', () => {
    expect(() => tap({ layers: ['no.layer'], expose: ['map'] })(graph)).toThrow(
      'attention layers of unet: "no.layer", expected a key that attentionLayers lists.',
    )
  })
})

const sum = (numbers: ArrayLike<number>): number => Array.from(numbers).reduce((total, number) => total + number, 0)
