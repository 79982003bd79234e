import type { Shape } from '../tensor/nd-array.ts'
import type { Attributes, Dtype, OpName } from './op-specs.ts'

/**
 * One node of a graph and the tensor it makes: every operator has exactly one result, so a graph is the set of
 * values that its outputs reach. Values are never changed; transforms make new ones.
 */
export interface Value<O extends OpName = OpName> {
  readonly op: O
  readonly inputs: readonly Value[]
  readonly attributes: Attributes<O>
  readonly shape: Shape
  readonly dtype: Dtype
  /** Says where in the network the value was made, such as `mid_block.attentions.0.transformer_blocks.0.attn2`. */
  readonly label?: string
}

/** True when `value` was made by operator `op`; narrows the type of its attributes. */
export const isOp = <O extends OpName>(value: Value, op: O): value is Value<O> => value.op === op
