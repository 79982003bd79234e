import { add, cast } from '../graph/ops.ts'
import { withOperands } from '../graph/rewrite.ts'
import { isOp, type Value } from '../graph/value.ts'

/** A value and its operands, as its gradient rule is given them. */
export interface Forward {
  readonly y: Value
  readonly operands: readonly Value[]
}

/** @param g  gradient of the loss with respect to `value` */
export type ForwardValues = (value: Value, g: Value) => Forward

/**
 * What gradient rules may read of the forward pass: the values themselves, or, where `recompute` has left marks on the
 * paths, values computed again from the nearest marks. They read a mark through a barrier, mark + zero after the
 * gradient that has just arrived: nothing can merge them with the forward pass, and they cannot run before that gradient.
 *
 * @param order      every value before its users, the loss last
 * @param onPath     values that have a gradient; all others stay in memory, they are small
 * @param zeroAfter  see zero-after.ts
 */
export const forwardValues = (
  order: readonly Value[],
  onPath: ReadonlySet<Value>,
  zeroAfter: (g: Value) => Value,
): ForwardValues => {
  if (!order.some((value) => isOp(value, 'boundary') && onPath.has(value))) {
    return (value) => ({ y: value, operands: value.inputs })
  }
  const segments = segmentsOf(order, onPath)
  const readers = new Map<Value, (value: Value) => Value>()
  const lastSegment = order.at(-1)
  return (value, g) => {
    const segment = segments.get(value) ?? value
    // What leads to the loss itself is used at once; computing it again would save nothing.
    if (segment === lastSegment) return { y: value, operands: value.inputs }
    const read = readers.get(segment) ?? recomputing(segment, segments, onPath, zeroAfter(g))
    readers.set(segment, read)
    return { y: value === segment ? value : read(value), operands: value.inputs.map(read) }
  }
}

/**
 * For each value on a path, the stored value that it is computed again for: itself where it is marked or where different
 * segments use it, otherwise the only one that its users lead to.
 */
const segmentsOf = (order: readonly Value[], onPath: ReadonlySet<Value>): ReadonlyMap<Value, Value> => {
  const segments = new Map<Value, Value>()
  for (const value of order.toReversed()) {
    if (!onPath.has(value)) continue
    if (isOp(value, 'boundary') || !segments.has(value)) segments.set(value, value)
    const segment = segments.get(value) ?? value
    for (const operand of value.inputs) {
      const other = segments.get(operand)
      const isStored = isOp(value, 'boundary') || (other !== undefined && other !== segment)
      segments.set(operand, isStored ? operand : segment)
    }
  }
  return segments
}

/** Reads values inside a segment as copies, stored values of other segments through the barrier. */
const recomputing = (
  segment: Value,
  segments: ReadonlyMap<Value, Value>,
  onPath: ReadonlySet<Value>,
  barrier: Value,
): ((value: Value) => Value) => {
  const known = new Map<Value, Value>()
  const read = (value: Value): Value => {
    if (!onPath.has(value)) return value
    const before = known.get(value)
    if (before !== undefined) return before
    const isInside = segments.get(value) === segment && value !== segment
    const result =
      isInside && value.inputs.length > 0
        ? withOperands(value, value.inputs.map(read))
        : add(value, cast(barrier, value.dtype))
    known.set(value, result)
    return result
  }
  return read
}
