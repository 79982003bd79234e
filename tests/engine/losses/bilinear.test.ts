import { describe, expect, it } from 'vitest'
import { makeGraph } from '../../../engine/graph/graph.ts'
import { input } from '../../../engine/graph/ops.ts'
import { resizeBilinear } from '../../../engine/losses/bilinear.ts'
import { uniform } from '../autodiff/gradient-graph.ts'
import { runOnce } from '../graph/small-graphs.ts'

/** 0, 1, 4, 9, ... as torch.nn.functional.interpolate(mode='bilinear', align_corners=False) has it. */
const cases = [
  { from: 2, to: 5, expected: [0, 0.1, 0.5, 0.9, 1] },
  { from: 3, to: 4, expected: [0, 0.625, 2.125, 4] },
  { from: 4, to: 2, expected: [0.5, 6.5] },
  { from: 1, to: 3, expected: [0, 0, 0] },
  { from: 5, to: 3, expected: [1 / 3, 4, 41 / 3] },
]

describe('resizeBilinear', () => {
  it.each(cases)(
    'brings $from samples to $to as PyTorch does, along rows and along columns',
    async ({ from, to, expected }) => {
      const squares = Float32Array.from({ length: from }, (_, i) => i * i)
      const graph = makeGraph('resize', {
        tall: resizeBilinear(input('column', [1, from, 1]), to, 1),
        wide: resizeBilinear(input('row', [1, 1, from]), 1, to),
      })
      const { tall, wide } = await runOnce(graph, {
        column: { shape: [1, from, 1], data: squares },
        row: { shape: [1, 1, from], data: squares },
      })
      for (const [i, value] of expected.entries()) {
        expect(tall?.data[i]).toBeCloseTo(value, 5)
        expect(wide?.data[i]).toBeCloseTo(value, 5)
      }
    },
  )

  it('leaves a picture of that size alone', () => {
    const x = input('x', [2, 3, 4])
    expect(resizeBilinear(x, 3, 4)).toBe(x)
  })

  it('resizes each picture of a batch on its own', async () => {
    const [first, second] = [uniform([1, 2, 2], 1), uniform([1, 2, 2], 2)]
    const alone = makeGraph('one', { y: resizeBilinear(input('x', [1, 2, 2]), 3, 4) })
    const both = makeGraph('two', { y: resizeBilinear(input('x', [2, 2, 2]), 3, 4) })
    const { y } = await runOnce(both, { x: { shape: [2, 2, 2], data: Float32Array.of(...first.data, ...second.data) } })
    const one = (await runOnce(alone, { x: first }))['y']?.data ?? []
    const two = (await runOnce(alone, { x: second }))['y']?.data ?? []
    expect(y?.data).toEqual(Float32Array.of(...one, ...two))
  })
})
