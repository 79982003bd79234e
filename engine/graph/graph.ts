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

/**
 * Every value that `roots` reach, operands before users, each once. Iterative: networks are thousands of values deep.
 *
 * @param turn  in which order a value's operands are walked to; as they stand unless told
 */
export const topologicalOrder = (
  roots: readonly Value[],
  turn: (operands: readonly Value[]) => readonly Value[] = (operands) => operands,
): Value[] => {
  const order: Value[] = []
  const done = new Set<Value>()
  const stack: { value: Value; operands: readonly Value[]; next: number }[] = []
  const enter = (value: Value): void => {
    done.add(value)
    stack.push({ value, operands: turn(value.inputs), next: 0 })
  }
  for (const root of roots) {
    if (done.has(root)) continue
    enter(root)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const operand = top.operands[top.next]
      top.next += 1
      if (operand === undefined) {
        order.push(top.value)
        stack.pop()
      } else if (!done.has(operand)) enter(operand)
    }
  }
  return order
}
