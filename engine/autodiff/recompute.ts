import { topologicalOrder, type Transform } from '../graph/graph.ts'
import { boundary } from '../graph/ops.ts'
import { rewrite, withOperands } from '../graph/rewrite.ts'
import { isOp, type Value } from '../graph/value.ts'
import { sameShape } from '../tensor/nd-array.ts'

/**
 * Marks what a differentiated network keeps in memory: the sums that end residual blocks, and the results of attention,
 * which are small and dear. `differentiate` computes everything between them a second time when it needs it, so that memory
 * grows with the marks and the largest block alone. Applied before `differentiate`; the differentiated graph has one
 * more input then, `zero`.
 *
 * @source Chen et al. 2016, arXiv:1604.06174
 */
export const recompute: Transform = (graph) => {
  const norms = normsBefore(topologicalOrder([...graph.outputs.values()]))
  return rewrite(graph, (value, operands) =>
    isOp(value, 'attention') || endsBlock(value, norms) ? boundary(withOperands(value, operands)) : undefined,
  )
}

/** A sum of two pictures or rows of positions, one of which went through more normalizations: that of a residual block. */
const endsBlock = (value: Value, norms: ReadonlyMap<Value, number>): boolean => {
  const [a, b] = value.inputs
  if (!isOp(value, 'add') || a === undefined || b === undefined) return false
  return value.shape.length > 2 && sameShape(a.shape, b.shape) && norms.get(a) !== norms.get(b)
}

/** How many normalizations lie one after another before each value, itself included. */
const normsBefore = (order: readonly Value[]): ReadonlyMap<Value, number> => {
  const norms = new Map<Value, number>()
  for (const value of order) {
    let before = 0
    for (const operand of value.inputs) before = Math.max(before, norms.get(operand) ?? 0)
    norms.set(value, isOp(value, 'groupNorm') || isOp(value, 'layerNorm') ? before + 1 : before)
  }
  return norms
}
