import { sizeOf } from '../../tensor/nd-array.ts'
import { makeValue } from '../make-value.ts'
import { add, reshape } from '../ops.ts'
import type { Lowering } from './lowering.ts'

interface LinearOptions {
  /** Rows from which on the bias is an addition of its own. */
  readonly separateBiasFrom: number
}

/** [..., in] → [rows, in] → Gemm → [..., out]. Gemm reads the weight as it lies in the file; MatMul would copy its transpose. */
export const linearAsGemm =
  ({ separateBiasFrom }: LinearOptions): Lowering<'linear'> =>
  (value, [x, weight, bias]) => {
    if (x === undefined || weight === undefined) return value
    const width = x.shape.at(-1) ?? 1
    const rows = reshape(x, [sizeOf(x.shape) / width, width])
    const isSeparate = (rows.shape[0] ?? 1) >= separateBiasFrom
    const product = makeValue('gemm', bias && !isSeparate ? [rows, weight, bias] : [rows, weight], {
      transposeB: !value.attributes.transposed,
    })
    return reshape(bias && isSeparate ? add(product, bias) : product, value.shape)
  }

/**
 * The CPU's Gemm first fills its result with the bias, on one thread, then adds the product to it: with many rows an
 * addition afterwards, on all threads, takes a third of that time.
 */
export const cpuLinear: LinearOptions = { separateBiasFrom: 128 }

/** Elsewhere the bias costs nothing inside the product. */
export const deviceLinear: LinearOptions = { separateBiasFrom: Infinity }
