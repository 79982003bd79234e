import { describe, expect, it } from 'vitest'
import { makeGraph, topologicalOrder, type Graph } from '../../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../../engine/graph/lower/lower.ts'
import { type LoweringTarget, writableForms } from '../../../../engine/graph/lower/lowering.ts'
import {
  constant,
  conv,
  cos,
  gelu,
  groupNorm,
  input,
  layerNorm,
  pad,
  quickGelu,
  silu,
  sin,
} from '../../../../engine/graph/ops.ts'
import { verifyGraph } from '../../../../engine/graph/verify-graph.ts'
import { createSession } from '../../../../engine/runtime/session.ts'
import type { NdArray } from '../../../../engine/tensor/nd-array.ts'
import { relativeError } from '../../../reference/relative-error.ts'
import { scattered } from '../small-graphs.ts'

const webgpu: LoweringTarget = { device: 'webgpu', fusedAttention: false }
const shape = [2, 9, 6, 6]
const x = input('x', shape)

const runAs = async (target: LoweringTarget, graph: Graph, feed: NdArray): Promise<NdArray['data']> => {
  const lowered = lower(target)(graph)
  verifyGraph(lowered)
  const session = await createSession(lowered, { threads: 1 })
  try {
    return (await session.run({ x: feed }))['y']?.data ?? new Float32Array()
  } finally {
    await session.release()
  }
}

const opsOf = (target: LoweringTarget, graph: Graph): string[] =>
  topologicalOrder([...lower(target)(graph).outputs.values()]).map(({ op }) => op)

describe('what other devices are given instead', () => {
  const nine = conv(silu(x), constant(scattered([8, 9, 3, 3], 1)), constant(scattered([8], 2)), { pads: 1 })
  const cases = [
    { what: 'a convolution of nine channels behind a lowered operator', y: nine },
    { what: 'zeros before and after', y: pad(silu(x), 1, 2, 1) },
    { what: 'sine', y: sin(x) },
    { what: 'cosine', y: cos(x) },
  ]

  it.each(cases)('gives the same numbers: $what', async ({ y }) => {
    const graph = makeGraph('g', { y })
    const feed = scattered(shape)
    const [ours, expected] = [await runAs(webgpu, graph, feed), await runAs(cpuTarget, graph, feed)]
    // Rounding of float32 in another order.
    expect(relativeError(ours, expected)).toBeLessThan(1e-6)
  })

  it.each([sin, cos])('computes $name by arithmetic up to SDXL’s largest sizes', async (op) => {
    const angles = Float32Array.from({ length: 648 }, (_, i) => (i - 324) * 31.7)
    const ours = await runAs(webgpu, makeGraph('g', { y: op(x) }), { shape, data: angles })
    const exact = angles.map((angle) => Math[op.name as 'sin' | 'cos'](angle))
    // 2e-7 of the series and the last subtraction of π's multiples; values are up to 1.
    expect(relativeError(ours, exact)).toBeLessThan(5e-7)
  })

  it('pads no convolution whose channels WebGPU reads rightly', () => {
    const eight = makeGraph('g', { y: conv(input('x', [1, 8, 4, 4]), constant(scattered([4, 8, 1, 1]))) })
    expect(opsOf(webgpu, eight)).toEqual(opsOf(cpuTarget, eight))
  })
})

describe('a fused kernel that is switched off', () => {
  const [scale, shift] = [constant(scattered([9], 1)), constant(scattered([9], 2))]
  const [rowScale, rowShift] = [constant(scattered([6], 3)), constant(scattered([6], 4))]
  const composites = {
    groupNorm: groupNorm(x, scale, shift, 3, 1e-5),
    layerNorm: layerNorm(x, rowScale, rowShift, 1e-5),
    gelu: gelu(x),
    scaledSigmoid: quickGelu(silu(x)),
  }

  it.each(writableForms)('%s is written out with the same numbers and without the kernel', async (form) => {
    const graph = makeGraph('g', { y: composites[form] })
    const target: LoweringTarget = { ...cpuTarget, writtenOut: [form] }
    expect(opsOf(target, graph)).not.toContain(form === 'groupNorm' ? 'instanceNorm' : form)
    const feed = scattered(shape)
    // Statistics summed in another order.
    expect(relativeError(await runAs(target, graph, feed), await runAs(cpuTarget, graph, feed))).toBeLessThan(2e-6)
  })
})
