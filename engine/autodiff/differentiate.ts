import { EngineError } from '../contract/failures.ts'
import { makeGraph, topologicalOrder, type Graph, type Transform } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'
import { sizeOf } from '../tensor/nd-array.ts'
import { accumulate, fitTo } from './accumulate.ts'
import { deriveOperands } from './derive-operands.ts'
import { forwardValues } from './forward-values.ts'
import { gradientRules } from './rules.ts'
import { scalarLike } from './scalar-like.ts'
import { makeZeroAfter, zeroInput } from './zero-after.ts'

export interface DifferentiateOptions {
  /** The output that is differentiated: one float number. */
  readonly loss: string
  /** Inputs whose gradients are wanted. */
  readonly withRespectTo: readonly string[]
  /** Other outputs that stay. */
  readonly keep?: readonly string[]
}

/**
 * The graph of `loss`, of the outputs in `keep`, and of `grad.<input>` for every wanted input, of that input's shape.
 * What neither the loss nor a kept output needs is gone.
 *
 * @throws EngineError 'graph-invalid' when a name is unknown, the loss is not one number or does not depend on a
 *   wanted input, or the graph was lowered
 */
export const differentiate =
  ({ loss, withRespectTo, keep = [] }: DifferentiateOptions): Transform =>
  (graph) => {
    const kept = [loss, ...keep].map((name): [string, Value] => [name, named(graph, graph.outputs, name)])
    const wanted = withRespectTo.map((name): [string, Value] => [name, named(graph, graph.inputs, name)])
    const lossValue = named(graph, graph.outputs, loss)
    refuseUnlessNumber(graph, loss, lossValue)
    const gradients = gradientsOf(lossValue, new Set(wanted.map(([, value]) => value)), graph.inputs.get(zeroInput))
    const outputs = wanted.map(([name, value]): [string, Value] => [
      `grad.${name}`,
      gradients.get(value) ??
        refuse(graph, `no gradient from the loss to input "${name}"`, 'a loss that depends on it smoothly'),
    ])
    return makeGraph(graph.name, new Map([...kept, ...outputs]))
  }

/** The reverse walk: from the loss back to the wanted values, along the paths between them only. */
const gradientsOf = (loss: Value, wanted: ReadonlySet<Value>, zero: Value | undefined): ReadonlyMap<Value, Value> => {
  const order = topologicalOrder([loss])
  const onPath = markPath(order, wanted)
  const zeroAfter = makeZeroAfter(zero)
  const forward = forwardValues(order, onPath, zeroAfter)
  const gradients = new Map<Value, Value>([[loss, fitTo(scalarLike(loss, 1), loss.shape)]])
  for (const value of order.toReversed()) {
    const g = gradients.get(value)
    if (g === undefined || !onPath.has(value) || value.inputs.length === 0) continue
    gradients.delete(value)
    const operandGradients = deriveOperands(value, g, forward(value, g), { onPath, zeroAfter })
    for (const [i, operand] of value.inputs.entries()) {
      if (!onPath.has(operand)) continue
      const gradient = operandGradients(i)
      if (gradient !== 'blocked')
        gradients.set(operand, accumulate(gradients.get(operand), fitTo(gradient(i), operand.shape)))
    }
  }
  return gradients
}

/** Values through which a gradient reaches one of `wanted`. */
const markPath = (order: readonly Value[], wanted: ReadonlySet<Value>): ReadonlySet<Value> => {
  const onPath = new Set<Value>(wanted)
  for (const value of order) {
    if (!value.dtype.startsWith('float') || gradientRules[value.op] === 'blocked') continue
    if (value.inputs.some((operand) => onPath.has(operand))) onPath.add(value)
  }
  return onPath
}

const named = <V extends Value>(graph: Graph, values: ReadonlyMap<string, V>, name: string): V =>
  values.get(name) ?? refuse(graph, `no "${name}" among ${[...values.keys()].join(', ')}`, 'the name of one')

const refuseUnlessNumber = (graph: Graph, name: string, { shape, dtype }: Value): void => {
  if (sizeOf(shape) === 1 && dtype.startsWith('float')) return
  refuse(graph, `loss "${name}" is ${dtype}[${shape.join(', ')}]`, 'one float number')
}

const refuse = (graph: Graph, found: string, expected: string): never => {
  throw new EngineError('graph-invalid', { where: `differentiating graph ${graph.name}`, found, expected })
}
