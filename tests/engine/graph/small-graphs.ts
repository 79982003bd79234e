import { createSession } from '../../../engine/runtime/session.ts'
import { makeGraph, type Graph } from '../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import { constant, conv, groupNorm, input, linear, silu } from '../../../engine/graph/ops.ts'
import { sizeOf, type Elements, type NdArray, type Shape } from '../../../engine/tensor/nd-array.ts'

/** Numbers without pattern, the same every time. */
export const scattered = (shape: Shape, phase = 0): NdArray => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(12.9898 * (i + 1) + phase)),
})

/** A resnet's first half: norm, activation, convolution; then a projection of each pixel row. */
export const smallNetwork = (): Graph => {
  const x = input('x', [1, 4, 6, 6])
  const normed = groupNorm(x, constant(scattered([4], 1)), constant(scattered([4], 2)), 2, 1e-5)
  const convolved = conv(silu(normed), constant(scattered([6, 4, 3, 3], 3)), constant(scattered([6], 4)), { pads: 1 })
  return makeGraph('small', { y: linear(convolved, constant(scattered([5, 6], 5)), constant(scattered([5], 6))) })
}

/** Runs a graph once on the CPU, without changing it but for lowering. */
export const runOnce = async (
  graph: Graph,
  feeds: Readonly<Record<string, NdArray<Elements>>>,
): Promise<Readonly<Record<string, NdArray>>> => {
  const session = await createSession(lower(cpuTarget)(graph), { threads: 1 })
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}
