import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../engine/autodiff/differentiate.ts'
import { applyTransforms, makeGraph } from '../../../engine/graph/graph.ts'
import { attention, input, mul, reduceSum, reshape } from '../../../engine/graph/ops.ts'
import { attentionLayers } from '../../../engine/networks/attention-layers.ts'
import { biasAttention, biasInput, biasWeightInput } from '../../../engine/networks/bias-attention.ts'
import { mapOf, tap } from '../../../engine/networks/tap.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import { relativeError } from '../../reference/relative-error.ts'
import { uniform } from '../autodiff/gradient-graph.ts'
import { runOnce } from '../graph/small-graphs.ts'
import { feedsFor, tinyUNet } from './tiny-unet.ts'

const graph = tinyUNet()
const layers = attentionLayers(graph)
  .filter(({ looksAt }) => looksAt === 'prompt')
  .map(({ key }) => key)
const weightOf = (weight: number): Readonly<Record<string, NdArray>> => ({
  [biasWeightInput]: { shape: [], data: Float32Array.of(weight) },
})

describe('biasAttention', () => {
  it('asks for one bias for each number of positions, and the weight', () => {
    const biased = biasAttention({ layers })(graph)
    const added = [...biased.inputs].filter(([name]) => !graph.inputs.has(name))
    expect(new Map(added.map(([name, { shape }]) => [name, shape]))).toEqual(
      new Map([
        [biasWeightInput, []],
        [biasInput(24), [1, 24, 5]],
        [biasInput(6), [1, 6, 5]],
      ]),
    )
  })

  it('changes nothing at weight 0', async () => {
    const biased = biasAttention({ layers })(graph)
    const feeds = { ...feedsFor(biased), ...weightOf(0) }
    const [ours, plain] = [await runOnce(biased, feeds), await runOnce(graph, feeds)]
    // The fused kernel adds up in another order.
    expect(relativeError(ours['prediction']?.data ?? [], plain['prediction']?.data ?? [])).toBeLessThan(1e-5)
  })

  it('raises the share of a painted token where it is painted, and nowhere else', async () => {
    const [layer = ''] = layers
    const biased = applyTransforms(graph, biasAttention({ layers: [layer] }), tap({ layers: [layer], expose: ['map'] }))
    const painted = { shape: [1, 24, 5], data: new Float32Array(120) }
    for (let position = 0; position < 12; position += 1) painted.data[5 * position + 3] = 1
    const feeds = { ...feedsFor(biased), [biasInput(24)]: painted }
    const shares = async (weight: number): Promise<number[]> => {
      const map = (await runOnce(biased, { ...feeds, ...weightOf(weight) }))[mapOf(layer)]?.data ?? []
      return Array.from({ length: 24 }, (_, position) => map[5 * position + 3] ?? NaN)
    }
    const [before, after] = [await shares(0), await shares(2)]
    for (const [position, share] of after.entries()) {
      if (position < 12) expect(share).toBeGreaterThan(before[position] ?? NaN)
      else expect(share).toBeCloseTo(before[position] ?? NaN, 6)
    }
  })

  it('takes the maximum of each sample, and lets no gradient through it', async () => {
    const query = input('query', [2, 1, 2])
    const key = input('key', [2, 2, 2])
    const y = attention(query, key, input('value', [2, 2, 2]), { heads: 1, label: 'layer', scale: 1 })
    const probe = input('probe', [2, 1, 2])
    const loss = reshape(reduceSum(mul(y, probe), [0, 1, 2]), [])
    const biased = biasAttention({ layers: ['layer'] })(makeGraph('g', { y, loss }))
    const gradient = differentiate({ loss: 'loss', withRespectTo: ['query'], keep: ['y'] })(biased)
    const feeds = {
      query: { shape: [2, 1, 2], data: Float32Array.of(1, 0, 3, 0) },
      key: { shape: [2, 2, 2], data: Float32Array.of(2, 0, 1, 0, 1, 0, 5, 0) },
      value: { shape: [2, 2, 2], data: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0) },
      probe: { shape: [2, 1, 2], data: Float32Array.of(1, 0, 1, 0) },
      [biasInput(1)]: { shape: [2, 1, 2], data: Float32Array.of(0, 1, 1, 0) },
      ...weightOf(0.5),
    }
    // Scores 2, 1 with maximum 2 become 2, 2; scores 3, 15 with maximum 15 become 10.5, 15.
    const share = 1 / (1 + Math.exp(15 - 10.5))
    const outputs = await runOnce(gradient, feeds)
    expect(outputs['y']?.data[0]).toBeCloseTo(0.5, 6)
    expect(outputs['y']?.data[2]).toBeCloseTo(share, 6)
    // p (1 − p) times the difference of the keys; a gradient through the maximum would add to it.
    expect(outputs['grad.query']?.data[0]).toBeCloseTo(0.25 * (2 - 1), 6)
    expect(outputs['grad.query']?.data[2]).toBeCloseTo(share * (1 - share) * (1 - 5), 5)
  })

  it.each([
    { what: 'not there', layer: 'no.layer', before: graph },
    { what: 'tapped already', layer: layers[0] ?? '', before: tap({ layers, expose: ['map'] })(graph) },
  ])('refuses a layer that is $what', ({ layer, before }) => {
    expect(() => biasAttention({ layers: [layer] })(before)).toThrow(
      `attention layers of unet: "${layer}", expected a key that attentionLayers lists, not tapped before.`,
    )
  })

  it('uses a bias for a picture of any size', async () => {
    const biased = biasAttention({ layers })(tinyUNet({ height: 5, width: 3 }))
    const { prediction } = await runOnce(biased, { ...feedsFor(biased), timestep: uniform([1], 1) })
    expect(prediction?.shape).toEqual([1, 4, 5, 3])
  })
})
