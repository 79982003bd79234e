import { describe, expect, it } from 'vitest'
import { layerWeights } from '../../../engine/alignment/layer-weights.ts'

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const keys = ['down_blocks.0', 'down_blocks.1', 'mid_block', 'up_blocks.0', 'up_blocks.1', 'up_blocks.2']

describe('layerWeights', () => {
  it('is the bell of the official code for the 16 layers of Stable Diffusion', () => {
    const weights = layerWeights(
      Array.from({ length: 16 }, (_, i) => `layer ${i}`),
      'middle',
    )
    expect(sum(weights)).toBeCloseTo(1, 12)
    expect(weights).toEqual(weights.toReversed())
    // exp(-7.5²/18) against exp(-0.5²/18)
    expect((weights[0] ?? 0) / (weights[7] ?? 1)).toBeCloseTo(Math.exp(-(7.5 ** 2 - 0.5 ** 2) / 18), 12)
  })

  it('takes the layers of the up path alike', () => {
    expect(layerWeights(keys, 'up')).toEqual([0, 0, 0, 1 / 3, 1 / 3, 1 / 3])
  })

  it('takes all layers of a network without an up path', () => {
    expect(layerWeights(keys.slice(0, 2), 'up')).toEqual([0.5, 0.5])
  })
})
