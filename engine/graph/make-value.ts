import { EngineError } from '../contract/failures.ts'
import { inferResult } from './infer-shape.ts'
import { opSpecs, type Attributes, type OpName } from './op-specs.ts'
import type { Value } from './value.ts'

/**
 * Makes a value, inferring its shape and dtype.
 *
 * @throws EngineError 'graph-invalid' when the operands do not fit the operator; the message names the label
 */
export const makeValue = <O extends OpName>(
  op: O,
  inputs: readonly Value[],
  attributes: Attributes<O>,
  label?: string,
): Value<O> => {
  checkOperandCount(op, inputs.length, label)
  const { shape, dtype } = inferResult(op, inputs, attributes, label)
  return label === undefined
    ? { op, inputs, attributes, shape, dtype }
    : { op, inputs, attributes, shape, dtype, label }
}

const checkOperandCount = (op: OpName, count: number, label: string | undefined): void => {
  const spec = opSpecs[op]
  const required = spec.operands.filter((name) => !name.endsWith('?')).length
  const most = 'variadic' in spec ? Infinity : spec.operands.length
  if (count >= required && count <= most) return
  throw new EngineError('graph-invalid', {
    where: label === undefined ? op : `${label} (${op})`,
    found: `${count} operands`,
    expected: `(${spec.operands.join(', ')})`,
  })
}
