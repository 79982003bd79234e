import { makeValue } from '../make-value.ts'
import type { Pads } from '../op-specs.ts'
import { add, concat, reshape, slice } from '../ops.ts'
import { rewrite } from '../rewrite.ts'
import type { Graph } from '../graph.ts'
import { isOp, type Value } from '../value.ts'

/**
 * A 3x3 convolution of a picture enlarged twice by nearest neighbours reads each small pixel up to four times: on even
 * and on odd rows and columns it is a 2x2 convolution of the small picture, with the weights of equal pixels summed.
 * Four of those take 16 of 36 multiplications; their results are then laid side by side. The same numbers up to rounding.
 */
export const convolveBeforeUpsampling = (graph: Graph): Graph =>
  rewrite(graph, (value, [picture, weight, bias]) => {
    if (!isOp(value, 'conv') || picture === undefined || weight === undefined) return undefined
    const [small] = picture.inputs
    if (!isOp(picture, 'upsample') || small === undefined || !isTwice(picture, small)) return undefined
    if (!isSame3x3(value, weight) || !isStored(weight)) return undefined
    const [even, odd] = [0, 1].map((row) => {
      const ofRow = mergeTaps(weight, 2, row)
      const [left, right] = [0, 1].map((column) => {
        const pads: Pads = [1 - row, 1 - column, row, column]
        const operands = [small, mergeTaps(ofRow, 3, column)]
        return makeValue('conv', bias ? [...operands, bias] : operands, { stride: 1, pads }, value.label)
      })
      return left && right && interleave(left, right, 3)
    })
    return even && odd && interleave(even, odd, 2)
  })

const isTwice = (large: Value, small: Value): boolean =>
  large.shape[2] === 2 * (small.shape[2] ?? 0) && large.shape[3] === 2 * (small.shape[3] ?? 0)

const isSame3x3 = ({ attributes: { stride, pads } }: Value<'conv'>, { shape }: Value): boolean =>
  stride === 1 && pads.every((side) => side === 1) && shape[2] === 3 && shape[3] === 3

/** Whether sums of a weight's parts can be made once, when the session is created: no LoRA changes it. */
const isStored = (weight: Value): boolean => {
  const source = isOp(weight, 'cast') ? weight.inputs[0] : weight
  return source !== undefined && (isOp(source, 'initializer') || isOp(source, 'constant'))
}

/** Three taps along an axis as the two that an even (0) or odd (1) position has on the small picture. */
const mergeTaps = (weight: Value, axis: number, parity: number): Value => {
  const tap = (position: number): Value => slice(weight, axis, position, position + 1)
  return concat(parity === 0 ? [tap(0), add(tap(1), tap(2))] : [add(tap(0), tap(1)), tap(2)], axis)
}

/** Positions of `even` and `odd` in turn along an axis of [B, C, H, W]. */
const interleave = (even: Value, odd: Value, axis: number): Value => {
  const { shape } = even
  const single = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]
  const doubled = shape.map((side, i) => (i === axis ? 2 * side : side))
  return reshape(concat([reshape(even, single), reshape(odd, single)], axis + 1), doubled)
}
