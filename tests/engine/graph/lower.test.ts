import { describe, expect, it } from 'vitest'
import { makeGraph, topologicalOrder, type Graph } from '../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import { attention, constant, conv, input, linear, upsample } from '../../../engine/graph/ops.ts'
import { printGraph } from '../../../engine/graph/print-graph.ts'
import { verifyGraph } from '../../../engine/graph/verify-graph.ts'
import { relativeError } from '../../reference/relative-error.ts'
import { runOnce, scattered, smallNetwork } from './small-graphs.ts'
import { createSession } from '../../../engine/runtime/session.ts'

describe('lower', () => {
  it('writes composites with the kernels of the CPU', async () => {
    const graph = smallNetwork()
    await expect(printGraph(graph)).toMatchFileSnapshot('../../graphs/small.txt')
    const lowered = lower(cpuTarget)(graph)
    verifyGraph(lowered)
    await expect(printGraph(lowered)).toMatchFileSnapshot('../../graphs/small-lowered.txt')
  })

  it('gives the same attention with and without the fused kernel', async () => {
    const shapes = [
      [2, 40, 16],
      [2, 12, 16],
      [2, 12, 16],
    ] as const
    const [query, key, value] = [input('query', shapes[0]), input('key', shapes[1]), input('value', shapes[2])]
    const bias = constant(scattered([1, 1, 40, 12], 9))
    const graph = makeGraph('g', { out: attention(query, key, value, { heads: 4, label: 'attn', bias }) })
    const feeds = { query: scattered(shapes[0], 1), key: scattered(shapes[1], 2), value: scattered(shapes[2], 3) }
    const outputs = []
    for (const fusedAttention of [true, false]) {
      const session = await createSession(lower({ device: 'cpu', fusedAttention })(graph), { threads: 1 })
      outputs.push((await session.run(feeds))['out'])
      await session.release()
    }
    const [fused, plain] = outputs
    // Both sum the same products in another order: float32 rounding only.
    expect(fused && plain && relativeError(fused.data, plain.data)).toBeLessThan(1e-6)
  })

  it.each([
    [
      [4, 4],
      [8, 8],
    ],
    [
      [8, 9],
      [15, 18],
    ],
    [
      [2, 3],
      [5, 7],
    ],
  ])('enlarges %j to %j as PyTorch does: floor(i · from / to)', async (from, to) => {
    const [height = 1, width = 1] = from
    const [toHeight = 1, toWidth = 1] = to
    const x = scattered([1, 2, height, width])
    const { out } = await runOnce(makeGraph('g', { out: upsample(input('x', x.shape), toHeight, toWidth) }), { x })
    const expected = Array.from({ length: 2 * toHeight * toWidth }, (_, i) => {
      const [channel, row, column] = [
        Math.floor(i / (toHeight * toWidth)),
        Math.floor(i / toWidth) % toHeight,
        i % toWidth,
      ]
      const source = Math.floor((row * height) / toHeight) * width + Math.floor((column * width) / toWidth)
      return x.data[channel * height * width + source]
    })
    expect(Array.from(out?.data ?? [])).toEqual(expected)
  })

  it.each([
    ['twice the size', [1, 3, 5, 4], [10, 8], [2, 3, 3, 3], 4],
    ['another size', [1, 3, 5, 4], [9, 8], [2, 3, 3, 3], 1],
    ['a kernel of one pixel', [1, 3, 5, 4], [10, 8], [2, 3, 1, 1], 1],
  ])(
    'convolves before it enlarges where that is the same: %s',
    async (_, shape, [height = 1, width = 1], kernel, convolutions) => {
      const x = scattered(shape, 1)
      const [weight, bias] = [constant(scattered(kernel, 2)), constant(scattered([2], 3))]
      const pads = kernel[2] === 3 ? 1 : 0
      const graph = makeGraph('g', { out: conv(upsample(input('x', shape), height, width), weight, bias, { pads }) })
      const outputs = []
      for (const foldsWeights of [true, false]) {
        const lowered = lower({ ...cpuTarget, foldsWeights })(graph)
        verifyGraph(lowered)
        const order = topologicalOrder([...lowered.outputs.values()])
        expect(order.filter(({ op }) => op === 'conv')).toHaveLength(foldsWeights ? convolutions : 1)
        const session = await createSession(lowered, { threads: 1 })
        outputs.push((await session.run({ x }))['out'])
        await session.release()
      }
      const [small, large] = outputs
      // Weights are summed before they are multiplied: float32 rounding only.
      expect(small && large && relativeError(small.data, large.data)).toBeLessThan(1e-6)
    },
  )

  it('leaves a convolution alone whose weight is not known before the run', () => {
    const weight = input('weight', [2, 3, 3, 3])
    const graph = makeGraph('g', {
      out: conv(upsample(input('x', [1, 3, 4, 4]), 8, 8), weight, undefined, { pads: 1 }),
    })
    const order = topologicalOrder([...lower(cpuTarget)(graph).outputs.values()])
    expect(order.filter(({ op }) => op === 'conv')).toHaveLength(1)
  })

  it('adds the bias of many rows after the product, of few rows within', async () => {
    const graphOf = (rows: number) =>
      makeGraph('g', {
        out: linear(input('x', [1, rows, 6]), constant(scattered([4, 6], 2)), constant(scattered([4], 3))),
      })
    const operatorsOf = (graph: Graph): readonly string[] =>
      topologicalOrder([...lower(cpuTarget)(graph).outputs.values()])
        .map(({ op }) => op)
        .filter((op) => op === 'gemm' || op === 'add')
    expect(operatorsOf(graphOf(127))).toEqual(['gemm'])
    expect(operatorsOf(graphOf(128))).toEqual(['gemm', 'add'])
    const x = scattered([1, 128, 6], 1)
    const few = await runOnce(graphOf(127), { x: { shape: [1, 127, 6], data: x.data.subarray(0, 127 * 6) } })
    const many = await runOnce(graphOf(128), { x })
    // One sum begins with the bias, the other ends with it: float32 rounding only.
    expect(relativeError(many['out']?.data.subarray(0, 127 * 4) ?? [], few['out']?.data ?? [])).toBeLessThan(1e-6)
  })
})
