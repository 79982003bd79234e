import { isOp, type Value } from './value.ts'

/** True for what has no operands: inputs, constants and weights. */
export const isLeaf = (value: Value): boolean => value.inputs.length === 0

/**
 * The values that are there before a graph runs: constants, weights, and, where ONNX Runtime folds, whatever is made of
 * those alone (a weight's conversion to float32).
 *
 * @param order  every value of a graph, operands before users
 */
export const constantValues = (order: readonly Value[], options: { readonly folds: boolean }): ReadonlySet<Value> => {
  const constants = new Set<Value>()
  for (const value of order) {
    const isConstant = isLeaf(value)
      ? !isOp(value, 'input')
      : options.folds && value.inputs.every((operand) => constants.has(operand))
    if (isConstant) constants.add(value)
  }
  return constants
}
