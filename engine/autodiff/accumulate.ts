import { add, concat, expand, pad, reduceSum, reshape } from '../graph/ops.ts'
import { isOp, type Value } from '../graph/value.ts'
import { sameShape, type Shape } from '../tensor/nd-array.ts'

/** Undoes broadcasting: sums a gradient over what was repeated, repeats what a rule left out, so that it has `shape`. */
export const fitTo = (gradient: Value, shape: Shape): Value => {
  if (sameShape(gradient.shape, shape)) return gradient
  const surplus = Math.max(0, gradient.shape.length - shape.length)
  const axes = [...gradient.shape.keys()].filter(
    (axis) => axis < surplus || (shape[axis - surplus] === 1 && gradient.shape[axis] !== 1),
  )
  const summed = axes.length === 0 ? gradient : reduceSum(gradient, axes)
  const ranked = surplus === 0 ? summed : reshape(summed, summed.shape.slice(surplus))
  return sameShape(ranked.shape, shape) ? ranked : expand(ranked, shape)
}

/** The sum of two gradients of one value; parts that were cut from it side by side are put together, not added. */
export const accumulate = (a: Value | undefined, b: Value): Value => {
  if (a === undefined) return b
  return joinParts(a, b) ?? joinParts(b, a) ?? add(a, b)
}

/** Of `first` before `second` along one axis, zeros elsewhere; undefined when they are anything else. */
const joinParts = (first: Value, second: Value): Value | undefined => {
  if (!isOp(first, 'pad') || !isOp(second, 'pad')) return undefined
  const [left, right] = [first.inputs[0], second.inputs[0]]
  const { axis, before } = first.attributes
  if (left === undefined || right === undefined || second.attributes.axis !== axis) return undefined
  if (before + (left.shape[axis] ?? 0) !== second.attributes.before) return undefined
  const joined = concat([left, right], axis)
  const { after } = second.attributes
  return before === 0 && after === 0 ? joined : pad(joined, axis, before, after)
}
