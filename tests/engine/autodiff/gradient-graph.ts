import { differentiate } from '../../../engine/autodiff/differentiate.ts'
import { zeroFeed } from '../../../engine/autodiff/zero-after.ts'
import { applyTransforms, makeGraph, type Graph, type Transform } from '../../../engine/graph/graph.ts'
import { constant, mul, reduceSum, reshape } from '../../../engine/graph/ops.ts'
import type { Value } from '../../../engine/graph/value.ts'
import { sizeOf, type NdArray, type Shape } from '../../../engine/tensor/nd-array.ts'
import { seeded } from '../seeded.ts'

/** Uniform numbers in -1 … 1. */
export const uniform = (shape: Shape, seed: number): NdArray => {
  const random = seeded(seed)
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1) }
}

export interface GradientGraph {
  /** Outputs `y`, `loss` = Σ probe · y, and the gradient of every input. */
  readonly graph: Graph
  readonly inputs: readonly string[]
  readonly feeds: Readonly<Record<string, NdArray>>
  readonly probe: NdArray
}

/** The gradient of a random projection of `y` with respect to every input that it has. */
export const gradientGraph = (y: Value, ...before: readonly Transform[]): GradientGraph => {
  const probe = uniform(y.shape, 1)
  const loss = reshape(reduceSum(mul(y, constant(probe)), [...y.shape.keys()]), [])
  const forward = makeGraph('gradient', { y, loss })
  const inputs = [...forward.inputs.keys()]
  const feeds = [...forward.inputs].map(([name, { shape }], i): [string, NdArray] => [name, uniform(shape, i + 2)])
  const graph = applyTransforms(forward, ...before, differentiate({ loss: 'loss', withRespectTo: inputs, keep: ['y'] }))
  return { graph, inputs, feeds: { ...zeroFeed(), ...Object.fromEntries(feeds) }, probe }
}
