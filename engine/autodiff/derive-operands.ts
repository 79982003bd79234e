import { EngineError } from '../contract/failures.ts'
import { opSpecs, type OpName } from '../graph/op-specs.ts'
import type { Value } from '../graph/value.ts'
import type { Forward } from './forward-values.ts'
import type { OperandGradient, Rule, Walk } from './rule.ts'
import { gradientRules } from './rules.ts'

interface WalkState {
  /** Values whose gradients are asked for. */
  readonly onPath: ReadonlySet<Value>
  readonly zeroAfter: Walk<OpName>['zeroAfter']
}

/** A rule whose operands and gradients go by the names in the operator's specification. */
type AnyRule =
  | ((
      g: Value,
      operands: Readonly<Record<string, Value | undefined>>,
      y: Value,
      walk: { readonly wants: (operand: string) => boolean; readonly zeroAfter: WalkState['zeroAfter'] },
    ) => Readonly<Record<string, OperandGradient>>)
  | Extract<Rule<OpName>, string>

/**
 * Applies the rule of a value's operator.
 *
 * @param value    as it stands in the forward pass
 * @param forward  the value and its operands as the rule may read them
 * @returns        the gradient of each operand by its index
 * @throws EngineError 'graph-invalid' for the kernels of a lowered graph
 */
export const deriveOperands = (
  value: Value,
  g: Value,
  { y, operands }: Forward,
  { onPath, zeroAfter }: WalkState,
): ((index: number) => OperandGradient) => {
  // The row was chosen by the value's own operator; an index cannot carry that to the type system.
  const rule = gradientRules[value.op] as AnyRule
  if (rule === 'blocked') return () => 'blocked'
  if (rule === 'lowered') throw tooLate(value)
  const names = opSpecs[value.op].operands.map((name) => name.replace('?', ''))
  const wants = (name: string): boolean => {
    const operand = value.inputs[names.indexOf(name)]
    return operand !== undefined && onPath.has(operand)
  }
  const derived = rule(g, Object.fromEntries(names.map((name, i) => [name, operands[i]])), y, { wants, zeroAfter })
  return (index) => derived[names[Math.min(index, names.length - 1)] ?? ''] ?? 'blocked'
}

const tooLate = ({ op, label }: Value): EngineError =>
  new EngineError('graph-invalid', {
    where: `differentiating ${label ?? op}`,
    found: `the kernel ${op}`,
    expected: 'a graph that was not lowered',
    remedy: 'Apply differentiate() before lower().',
  })
