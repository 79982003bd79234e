import type { Shape } from '../tensor/nd-array.ts'
import type { Attributes, Dtype, OpName } from './op-specs.ts'
import type { Value } from './value.ts'

/** What an operator makes. */
export interface Result {
  readonly shape: Shape
  readonly dtype: Dtype
}

/** What a rule sees: the operands, and a way to refuse them. */
export interface Operands {
  readonly all: readonly Value[]
  /** The operand at `index`; its presence was checked against the operator's arity. */
  readonly at: (index: number) => Value
  readonly refuse: (found: string, expected: string) => never
}

/** @throws EngineError 'graph-invalid' through `refuse` */
export type InferenceRule<O extends OpName> = (operands: Operands, attributes: Attributes<O>) => Result

export const text = (shape: Shape): string => `[${shape.join(', ')}]`

/** Sides of operand 0, which must be pictures. */
export const picture = ({ at, refuse }: Operands): [number, number, number, number] => {
  const [batch, channels, height, width, ...rest] = at(0).shape
  if (batch === undefined || channels === undefined || height === undefined || width === undefined || rest.length > 0) {
    return refuse(`x of shape ${text(at(0).shape)}`, '[B, C, H, W]')
  }
  return [batch, channels, height, width]
}

/** Refuses operands from number `from` on that do not have one number for each channel. */
export const channelVectors = (operands: Operands, channels: number, from: number): void => {
  for (const operand of operands.all.slice(from)) {
    if (operand.shape.length !== 1 || operand.shape[0] !== channels) {
      operands.refuse(`a per-channel operand of shape ${text(operand.shape)}`, `[${channels}]`)
    }
  }
}
