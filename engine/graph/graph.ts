import { EngineError } from '../contract/failures.ts'
import { isOp, type Value } from './value.ts'

/** What a session runs: named outputs, and the named inputs that they reach. */
export interface Graph {
  readonly name: string
  readonly inputs: ReadonlyMap<string, Value<'input'>>
  readonly outputs: ReadonlyMap<string, Value>
}

/** Whatever changes a graph has this shape. */
export type Transform = (graph: Graph) => Graph

/**
 * The graph whose outputs are the given values.
 *
 * @throws EngineError 'graph-invalid' when two inputs share a name
 */
export const makeGraph = (
  name: string,
  outputs: Readonly<Record<string, Value>> | ReadonlyMap<string, Value>,
): Graph => {
  const named = outputs instanceof Map ? outputs : new Map(Object.entries(outputs))
  const inputs = new Map<string, Value<'input'>>()
  for (const value of topologicalOrder([...named.values()])) {
    if (!isOp(value, 'input')) continue
    const known = inputs.get(value.attributes.name)
    if (known !== undefined && known !== value) {
      throw new EngineError('graph-invalid', {
        where: `graph ${name}`,
        found: `two different inputs named "${value.attributes.name}"`,
        expected: 'one value for each input name',
        remedy: 'Make the input once and pass it on.',
      })
    }
    inputs.set(value.attributes.name, value)
  }
  return { name, inputs, outputs: named }
}

/** Applies transforms from left to right. */
export const applyTransforms = (graph: Graph, ...transforms: readonly Transform[]): Graph =>
  transforms.reduce((current, transform) => transform(current), graph)

/** Every value that `roots` reach, operands before users, each once. Iterative: networks are thousands of values deep. */
export const topologicalOrder = (roots: readonly Value[]): Value[] => {
  const order: Value[] = []
  const done = new Set<Value>()
  const stack: { value: Value; next: number }[] = []
  for (const root of roots) {
    if (done.has(root)) continue
    stack.push({ value: root, next: 0 })
    done.add(root)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const operand = top.value.inputs[top.next]
      top.next += 1
      if (operand === undefined) {
        order.push(top.value)
        stack.pop()
      } else if (!done.has(operand)) {
        done.add(operand)
        stack.push({ value: operand, next: 0 })
      }
    }
  }
  return order
}
