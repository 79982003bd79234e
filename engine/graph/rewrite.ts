import { makeGraph, topologicalOrder, type Graph } from './graph.ts'
import { makeValue } from './make-value.ts'
import type { Value } from './value.ts'

/**
 * What a rewriting does with one value whose operands were already rewritten: a replacement, or `undefined` to keep it.
 */
export type Rule = (value: Value, operands: readonly Value[]) => Value | undefined

/** Rebuilds a graph value by value; what no rule touches and whose operands stay is kept as it is. */
export const rewrite = (graph: Graph, rule: Rule): Graph => {
  const rewritten = new Map<Value, Value>()
  const latest = (value: Value): Value => rewritten.get(value) ?? value
  for (const value of topologicalOrder([...graph.outputs.values()])) {
    const operands = value.inputs.map(latest)
    const replacement = rule(value, operands) ?? withOperands(value, operands)
    if (replacement !== value) rewritten.set(value, replacement)
  }
  return makeGraph(graph.name, new Map([...graph.outputs].map(([name, value]) => [name, latest(value)])))
}

/** The same operation on other operands; the value itself when they are the same. */
export const withOperands = (value: Value, operands: readonly Value[]): Value =>
  operands.every((operand, i) => operand === value.inputs[i])
    ? value
    : makeValue(value.op, operands, value.attributes, value.label)
