import { topologicalOrder } from '../graph.ts'
import type { Value } from '../value.ts'

/**
 * The order in which a graph's nodes are numbered so that ONNX Runtime runs it in little memory. It walks back from the
 * results and, of the results as of a node's operands, turns to the highest number first. So nodes are numbered by their
 * distance from the inputs: the operand that takes longest runs first, and what only its user needs runs just before
 * that user. Results that nothing uses follow, the nearest last, so that none waits in memory for the longest way.
 *
 * @source onnxruntime 1.30, core/graph/graph_viewer.cc and graph.cc, Graph::ReverseDFSFrom
 */
export const nodeOrder = (outputs: readonly Value[]): readonly Value[] => {
  const order = topologicalOrder(outputs)
  const used = new Set(order.flatMap((value) => value.inputs))
  const distances = distancesFromInputs(order)
  const distanceOf = (value: Value): number => distances.get(value) ?? 0
  const inside = order.filter((value) => used.has(value)).sort((a, b) => distanceOf(a) - distanceOf(b))
  const results = order.filter((value) => !used.has(value)).sort((a, b) => distanceOf(b) - distanceOf(a))
  return [...inside, ...results]
}

/** The number of nodes on the longest way from an input or a constant to each value. */
const distancesFromInputs = (order: readonly Value[]): ReadonlyMap<Value, number> => {
  const distances = new Map<Value, number>()
  for (const value of order) {
    distances.set(value, 1 + Math.max(-1, ...value.inputs.map((operand) => distances.get(operand) ?? 0)))
  }
  return distances
}
