import { cast, scalar } from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'

/** A number of the dtype of `x`, to calculate with it. */
export const scalarLike = (x: Value, value: number): Value =>
  x.dtype === 'float64' ? scalar(value, 'float64') : cast(scalar(value), x.dtype)
