import { makeGraph, type Graph } from '../../graph/graph.ts'
import { runOrder } from '../../graph/onnx/run-order.ts'
import { input } from '../../graph/ops.ts'
import { rewrite } from '../../graph/rewrite.ts'
import type { Value } from '../../graph/value.ts'
import { constantValues } from '../../graph/constant-values.ts'
import { flopsOf } from './count-flops.ts'

/** The name under which a part takes what the part before it made; a graph's inputs and outputs share their names. */
export const handedOver = 'handed_over'
/** The name under which a part gives it. */
export const handedOn = 'handed_on'

/**
 * Cuts a lowered graph into graphs that run one after the other and together give its outputs. Cuts lie where a single
 * value leads on, as between two blocks of an autoencoder; a graph without such places stays whole.
 *
 * @param largestFlops  operations of one part, exceeded only where there is no place to cut
 * @returns at least one graph; each but the first has the input `handed_over`, each but the last the output `handed_on` alone
 */
export const cutGraph = (graph: Graph, largestFlops: number): readonly Graph[] => {
  const cuts = chooseCuts(graph, largestFlops)
  const ends = [...cuts.map((value) => new Map([[handedOn, value]])), graph.outputs]
  return ends.map((outputs, i) => {
    const start = cuts[i - 1]
    const part = makeGraph(graph.name, outputs)
    if (start === undefined) return part
    const given = input(handedOver, start.shape, start.dtype)
    return rewrite(part, (value) => (value === start ? given : undefined))
  })
}

/** Cuts as far apart as the limit allows. */
const chooseCuts = (graph: Graph, largestFlops: number): readonly Value[] => {
  const cuts: Value[] = []
  let since = 0
  let last: { readonly value: Value; readonly flops: number } | undefined
  for (const { value, flops, isNarrow } of narrowPlaces(graph)) {
    since += flops
    if (since > largestFlops && last !== undefined) {
      cuts.push(last.value)
      since -= last.flops
      last = undefined
    }
    if (isNarrow) last = { value, flops: since }
  }
  return cuts
}

interface Step {
  readonly value: Value
  readonly flops: number
  /** Whether this value is all that is needed from here on. */
  readonly isNarrow: boolean
}

const narrowPlaces = (graph: Graph): readonly Step[] => {
  const outputs = new Set(graph.outputs.values())
  const order = runOrder([...outputs])
  const constants = constantValues(order, { folds: true })
  const computed = order.filter((value) => !constants.has(value))
  const usesLeft = new Map<Value, number>()
  for (const { inputs } of computed) {
    for (const operand of inputs) usesLeft.set(operand, (usesLeft.get(operand) ?? 0) + 1)
  }
  const alive = new Set(computed.filter(({ op }) => op === 'input'))
  return computed.map((value) => {
    for (const operand of value.inputs) {
      const left = (usesLeft.get(operand) ?? 0) - 1
      usesLeft.set(operand, left)
      if (left === 0 && !outputs.has(operand)) alive.delete(operand)
    }
    alive.add(value)
    const isNarrow = alive.size === 1 && value.op !== 'input' && !outputs.has(value)
    return { value, flops: flopsOf(value), isNarrow }
  })
}
