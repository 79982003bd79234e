import type { Dtype } from '../../graph/op-specs.ts'
import type { Value } from '../../graph/value.ts'
import { sizeOf } from '../../tensor/nd-array.ts'

const bytesOfOne: Readonly<Record<Dtype, number>> = {
  bool: 1,
  uint8: 1,
  float16: 2,
  bfloat16: 2,
  float32: 4,
  int32: 4,
  float64: 8,
  int64: 8,
}

/** Bytes of a value's tensor. */
export const tensorBytes = ({ shape, dtype }: Pick<Value, 'shape' | 'dtype'>): number =>
  sizeOf(shape) * bytesOfOne[dtype]
