import type { ByOperand, OperandName, OpName } from '../graph/op-specs.ts'
import type { Value } from '../graph/value.ts'

/**
 * Builds the gradient of one operand when it is wanted, or says that none flows there. Any shape that broadcasts
 * to the operand's, or that its shape broadcasts to, will do: the walk of `differentiate` expands or sums.
 *
 * @param index  which operand, for operators that take any number of them
 */
export type OperandGradient = ((index: number) => Value) | 'blocked'

/** What a rule may ask of the walk. */
export interface Walk<O extends OpName> {
  /** Whether the gradient of an operand is asked for; what is not, costs nothing if it is not made. */
  readonly wants: (operand: OperandName<O>) => boolean
  /** 0, which cannot be known before the given values are: adding it to an operand delays what is made of it. */
  readonly zeroAfter: (...values: readonly Value[]) => Value
}

/**
 * The gradients of one value's operands.
 *
 * @param g         gradient of the loss with respect to `y`, of its shape and dtype
 * @param operands  by name, the first of many
 * @param y         the value itself
 */
export type Derivation<O extends OpName> = (
  g: Value,
  operands: ByOperand<O, Value>,
  y: Value<O>,
  walk: Walk<O>,
) => { readonly [N in OperandName<O>]: OperandGradient }

/** How an operator is differentiated; 'blocked' where no gradient flows, 'lowered' where it is too late to ask. */
export type Rule<O extends OpName> = Derivation<O> | 'blocked' | 'lowered'

/** One rule for each of the operators. */
export type Rules<O extends OpName = OpName> = { readonly [N in O]: Rule<N> }
