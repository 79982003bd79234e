import { sizeOf } from '../../tensor/nd-array.ts'
import { concat, constant } from '../ops.ts'
import { withOperands } from '../rewrite.ts'
import type { Value } from '../value.ts'
import type { Lowering } from './lowering.ts'

/** More zeros than this do not travel inside a graph. */
const mostZeros = 65536

/**
 * Zeros beside x: where WebGPU's layout pass moves a transpose through Pad it leaves a Gather of its int64 operand, for
 * which there is no kernel.
 */
export const padByConcat: Lowering<'pad'> = (value, operands) => {
  const [x] = operands
  const { axis, before, after } = value.attributes
  if (x === undefined) return value
  const zeros = (count: number): readonly Value[] => {
    const shape = x.shape.map((side, i) => (i === axis ? count : side))
    return count === 0 ? [] : [constant({ shape, data: new Float32Array(sizeOf(shape)) })]
  }
  const isSmall = (sizeOf(x.shape) / (x.shape[axis] ?? 1)) * (before + after) <= mostZeros
  if (!isSmall || x.dtype !== 'float32') return withOperands(value, operands)
  return concat([...zeros(before), x, ...zeros(after)], axis)
}
