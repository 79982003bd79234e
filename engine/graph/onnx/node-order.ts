import { topologicalOrder } from '../graph.ts'
import type { Value } from '../value.ts'

/**
 * The order in which a graph's nodes are numbered so that ONNX Runtime runs it in little memory. It walks back from the
 * results and, of a node's operands as of the results, turns to the highest number first: so the operand with the longest
 * way to it comes last here, to run first, and what only that node needs runs just before it; and the result with the
 * shortest way comes last, so that it does not wait in memory for the others.
 *
 * @source onnxruntime 1.30, core/graph/graph_viewer.cc and graph.cc, Graph::ReverseDFSFrom
 */
export const nodeOrder = (outputs: readonly Value[]): Value[] => {
  const depths = new Map<Value, number>()
  const depthOf = (value: Value): number => depths.get(value) ?? 0
  for (const value of topologicalOrder(outputs)) {
    let deepest = 0
    for (const operand of value.inputs) deepest = Math.max(deepest, depthOf(operand))
    depths.set(value, deepest + 1)
  }
  const shallowFirst = (values: readonly Value[]): readonly Value[] =>
    values.length < 2 ? values : values.toSorted((a, b) => depthOf(a) - depthOf(b))
  return topologicalOrder(shallowFirst(outputs).toReversed(), shallowFirst)
}
