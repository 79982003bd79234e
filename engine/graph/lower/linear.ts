import { sizeOf } from '../../tensor/nd-array.ts'
import { makeValue } from '../make-value.ts'
import { reshape } from '../ops.ts'
import type { Lowering } from './lower.ts'

/** [..., in] → [rows, in] → Gemm → [..., out]. Gemm reads the weight as it lies in the file; MatMul would copy its transpose. */
export const linearAsGemm: Lowering<'linear'> = (value, [x, weight, bias]) => {
  if (x === undefined || weight === undefined) return value
  const width = x.shape.at(-1) ?? 1
  const rows = reshape(x, [sizeOf(x.shape) / width, width])
  const product = makeValue('gemm', bias ? [rows, weight, bias] : [rows, weight], {
    transposeB: !value.attributes.transposed,
  })
  return reshape(product, value.shape)
}
