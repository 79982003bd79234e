import type { Graph } from '../../graph/graph.ts'
import { topologicalOrder } from '../../graph/graph.ts'
import { isOp, type Value } from '../../graph/value.ts'
import { sizeOf } from '../../tensor/nd-array.ts'

/** What an element that is only read and written costs beside multiplications: memory is what it takes. */
const flopsPerElement = 10

/** Floating-point operations of one value of a lowered graph, two for each multiplication with its addition. */
export const flopsOf = (value: Value): number => {
  const [first, second] = value.inputs
  if (first === undefined) return 0
  const elements = sizeOf(value.shape)
  if (second === undefined) return isOp(value, 'reshape') ? 0 : flopsPerElement * elements
  if (isOp(value, 'conv') || isOp(value, 'depthwiseConv')) return 2 * elements * sizeOf(second.shape.slice(1))
  if (isOp(value, 'convTranspose')) return 2 * sizeOf(first.shape) * sizeOf(second.shape.slice(1))
  if (isOp(value, 'gemm') || isOp(value, 'matmul')) return 2 * elements * (first.shape.at(-1) ?? 1)
  if (isOp(value, 'multiHeadAttention')) return 4 * elements * (second.shape[1] ?? 1)
  return flopsPerElement * elements
}

/** Floating-point operations of one run of a lowered graph. */
export const countFlops = (graph: Graph): number =>
  topologicalOrder([...graph.outputs.values()]).reduce((sum, value) => sum + flopsOf(value), 0)
