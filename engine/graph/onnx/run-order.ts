import type { Value } from '../value.ts'
import { nodeOrder } from './node-order.ts'

/** The order in which ONNX Runtime runs nodes numbered by `nodeOrder`: back from the results, highest numbers first. */
export const runOrder = (outputs: readonly Value[]): readonly Value[] => {
  const numbered = nodeOrder(outputs)
  const numbers = new Map(numbered.map((value, number) => [value, number]))
  const used = new Set(numbered.flatMap((value) => value.inputs))
  const stack = numbered.filter((value) => !used.has(value)).map((value) => ({ value, isLeaving: false }))
  const seen = new Set<Value>()
  const order: Value[] = []
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { value, isLeaving } = top
    if (isLeaving) order.push(value)
    else if (!seen.has(value)) {
      seen.add(value)
      stack.push({ value, isLeaving: true })
      const operands = value.inputs.toSorted((a, b) => (numbers.get(a) ?? 0) - (numbers.get(b) ?? 0))
      for (const operand of operands) stack.push({ value: operand, isLeaving: false })
    }
  }
  return order
}
