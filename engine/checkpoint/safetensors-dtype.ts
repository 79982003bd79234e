import type { WeightDtype } from '../tensor/weight-view.ts'

/**
 * The element types of the format, with their size in bits. All are accepted in a header, so that an unused
 * extra never makes a file unreadable; only a weight that is used must have a type of `weightDtypes`.
 *
 * @source huggingface/safetensors, `safetensors/src/tensor.rs`, enum Dtype
 */
export const dtypeBits = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F16: 16,
  BF16: 16,
  I16: 16,
  U16: 16,
  F32: 32,
  I32: 32,
  U32: 32,
  F64: 64,
  I64: 64,
  U64: 64,
  C64: 64,
} as const

export type SafetensorsDtype = keyof typeof dtypeBits

/** True when `name` is an element type of the format. */
export const isSafetensorsDtype = (name: string): name is SafetensorsDtype => Object.hasOwn(dtypeBits, name)

/** The types a network may read its weights in, by their name in the file. */
export const weightDtypes = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F64: 'float64',
  I64: 'int64',
  I32: 'int32',
  U8: 'uint8',
  BOOL: 'bool',
} as const satisfies Partial<Record<SafetensorsDtype, WeightDtype>>

/** The engine's name of a type of the file, or undefined for one that it cannot compute with (8-bit floats and rarer ones). */
export const weightDtype = (dtype: SafetensorsDtype): WeightDtype | undefined =>
  dtype in weightDtypes ? weightDtypes[dtype as keyof typeof weightDtypes] : undefined // narrowed by the `in` before it
