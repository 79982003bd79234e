import { makeValue } from '../make-value.ts'
import { pad } from '../ops.ts'
import { withOperands } from '../rewrite.ts'
import type { Lowering } from './lowering.ts'

/**
 * WebGPU's Conv (ONNX Runtime 1.30) is wrong when 3 divides the channels that it reads and 4 does not, as with the 9
 * of inpainting networks; 3 themselves are right. Zero channels up to a multiple of 4 change no number.
 */
export const convOnFours: Lowering<'conv'> = (value, operands) => {
  const [x, weight, bias] = operands
  const channels = x?.shape[1] ?? 0
  const isRight = channels <= 3 || channels % 3 !== 0 || channels % 4 === 0
  if (x === undefined || weight === undefined || isRight) return withOperands(value, operands)
  const missing = 4 - (channels % 4)
  const wide = [pad(x, 1, 0, missing), pad(weight, 1, 0, missing)]
  return makeValue('conv', bias ? [...wide, bias] : wide, value.attributes, value.label)
}
