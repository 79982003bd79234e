import { sizeOf } from '../../tensor/nd-array.ts'
import { constantValues } from '../constant-values.ts'
import type { Graph } from '../graph.ts'
import type { Dtype } from '../op-specs.ts'
import type { Value } from '../value.ts'
import { runOrder } from './run-order.ts'

/**
 * Most bytes of activations alive at once while ONNX Runtime runs a lowered graph in the order that `nodeOrder` leads to:
 * results of nodes from when they are made until their last use, outputs until the end. Weights and what is folded from
 * them, inputs, and the kernels' own scratch memory are not counted.
 */
export const activationPeak = (graph: Graph): number => {
  const outputs = [...graph.outputs.values()]
  const order = runOrder(outputs)
  const folded = constantValues(order, { folds: true })
  const uses = new Map<Value, number>()
  const use = (value: Value, count: number): number => {
    const left = (uses.get(value) ?? 0) + count
    uses.set(value, left)
    return left
  }
  for (const value of order) for (const operand of value.inputs) use(bufferOf(operand), 1)
  for (const value of outputs) use(bufferOf(value), Infinity)
  let [alive, peak] = [0, 0]
  for (const value of order) {
    if (folded.has(value) || value.op === 'input') continue
    if (bufferOf(value) === value) alive += bytesOf(value)
    peak = Math.max(peak, alive)
    for (const operand of value.inputs) {
      const buffer = bufferOf(operand)
      if (use(buffer, -1) === 0 && !folded.has(buffer) && buffer.op !== 'input') alive -= bytesOf(buffer)
    }
  }
  return peak
}

/** A reshape is a view of its operand. */
const bufferOf = (value: Value): Value => {
  const [operand] = value.inputs
  return value.op === 'reshape' && operand !== undefined ? bufferOf(operand) : value
}

const bytesOf = ({ shape, dtype }: Value): number => sizeOf(shape) * bytesPerElement[dtype]

const bytesPerElement: Readonly<Record<Dtype, number>> = {
  float64: 8,
  int64: 8,
  float32: 4,
  int32: 4,
  float16: 2,
  bfloat16: 2,
  uint8: 1,
  bool: 1,
}
