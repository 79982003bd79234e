import { describe, expect, it } from 'vitest'
import { makeGraph, topologicalOrder, type Graph } from '../../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../../engine/graph/lower/lower.ts'
import { makeValue } from '../../../../engine/graph/make-value.ts'
import type { LoweringTarget } from '../../../../engine/graph/lower/lowering.ts'
import type { Pads } from '../../../../engine/graph/op-specs.ts'
import { cast, constant, conv, input } from '../../../../engine/graph/ops.ts'
import { verifyGraph } from '../../../../engine/graph/verify-graph.ts'
import { createSession } from '../../../../engine/runtime/session.ts'
import { sizeOf, type NdArray, type Shape } from '../../../../engine/tensor/nd-array.ts'
import { relativeError } from '../../../reference/relative-error.ts'
import { seeded } from '../../seeded.ts'

/** Uniform in -1 … 1: sums of many do not cancel as those of regular numbers may. */
const drawn = (shape: Shape, seed = 0): NdArray => {
  const draw = seeded(seed)
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => 2 * draw() - 1) }
}

const plainTarget: LoweringTarget = { ...cpuTarget, foldsWeights: false }

const tilesOf = (graph: Graph): number =>
  topologicalOrder([...graph.outputs.values()]).filter(({ op }) => op === 'depthwiseConv').length

const runLowered = async (graph: Graph, target: LoweringTarget, x: NdArray): Promise<ArrayLike<number>> => {
  const lowered = lower(target)(graph)
  verifyGraph(lowered)
  const session = await createSession(lowered, { threads: 1 })
  const { out } = await session.run({ x })
  await session.release()
  return out?.data ?? []
}

interface Case {
  readonly shape: Shape
  readonly out: number
  readonly pads: Pads
  readonly hasBias: boolean
}

describe('convolveInTiles', () => {
  it.each<[string, Case]>([
    ['whole tiles', { shape: [1, 256, 128, 128], out: 256, pads: [1, 1, 1, 1], hasBias: true }],
    ['one row too many, no bias', { shape: [1, 256, 129, 128], out: 272, pads: [1, 1, 1, 1], hasBias: false }],
    ['two pictures without padding', { shape: [2, 256, 133, 130], out: 256, pads: [0, 0, 0, 0], hasBias: true }],
    ['three rows too many, uneven padding', { shape: [1, 272, 2735, 6], out: 256, pads: [2, 0, 0, 2], hasBias: true }],
  ])(
    'gives the numbers of a convolution row by row: %s',
    { timeout: 60_000 },
    async (_, { shape, out, pads, hasBias }) => {
      const weight = constant(drawn([out, shape[1] ?? 0, 3, 3], 2))
      const bias = hasBias ? constant(drawn([out], 3)) : undefined
      const graph = makeGraph('g', { out: conv(input('x', shape), weight, bias, { pads }) })
      expect(tilesOf(lower(cpuTarget)(graph))).toBe(6)
      const x = drawn(shape, 1)
      const [tiled, plain] = [await runLowered(graph, cpuTarget, x), await runLowered(graph, plainTarget, x)]
      // Rows are mixed with factors up to 8 before they are summed: 1.4e-6 was seen over 512 channels.
      expect(relativeError(tiled, plain)).toBeLessThan(1e-5)
    },
  )

  const picture: Shape = [1, 256, 128, 128]
  const weightOf = (out: number, into: number, side = 3) => constant(drawn([out, into, side, side]))
  const padded = { pads: 1 }
  it.each<[string, Graph, LoweringTarget]>([
    ['few channels', makeGraph('g', { out: conv(input('x', [1, 240, 128, 128]), weightOf(256, 240), undefined, padded) }), cpuTarget], // prettier-ignore
    ['channels that fill no block', makeGraph('g', { out: conv(input('x', picture), weightOf(264, 256), undefined, padded) }), cpuTarget], // prettier-ignore
    ['a small picture', makeGraph('g', { out: conv(input('x', [1, 256, 128, 127]), weightOf(256, 256), undefined, padded) }), cpuTarget], // prettier-ignore
    ['a stride', makeGraph('g', { out: conv(input('x', [1, 256, 256, 256]), weightOf(256, 256), undefined, { pads: 1, stride: 2 }) }), cpuTarget], // prettier-ignore
    ['a kernel of one pixel', makeGraph('g', { out: conv(input('x', picture), weightOf(256, 256, 1)) }), cpuTarget],
    ['a weight that each run is given', makeGraph('g', { out: conv(input('x', picture), input('weight', [256, 256, 3, 3]), undefined, padded) }), cpuTarget], // prettier-ignore
    ['weights that stay in their file', makeGraph('g', { out: conv(input('x', picture), weightOf(256, 256), undefined, padded) }), plainTarget], // prettier-ignore
    ['another device', makeGraph('g', { out: conv(input('x', picture), weightOf(256, 256), undefined, padded) }), { ...cpuTarget, device: 'cuda' }], // prettier-ignore
  ])('leaves alone: %s', (_, graph, target) => {
    expect(tilesOf(lower(target)(graph))).toBe(0)
  })

  it('mixes a weight in half precision from its file without another copy', () => {
    const view = { key: 'conv.weight', file: '/model.safetensors', dtype: 'float16', byteOffset: 8, byteLength: 2 * 9 * 256 * 256, shape: [256, 256, 3, 3] } as const // prettier-ignore
    const weight = cast(makeValue('initializer', [], { view }), 'float32')
    const lowered = lower(cpuTarget)(makeGraph('g', { out: conv(input('x', picture), weight, undefined, padded) }))
    verifyGraph(lowered)
    const ops = topologicalOrder([...lowered.outputs.values()])
    expect(ops.filter(({ op }) => op === 'initializer').map(({ shape }) => shape)).toEqual([[256, 256, 1, 9]])
    expect(ops.filter(({ op }) => op === 'cast')).toHaveLength(1)
    expect(ops.filter(({ op }) => op === 'matmul').map(({ shape }) => shape.at(-1))).toEqual([3, 3, 3, 3, 3, 3, 128])
  })
})
