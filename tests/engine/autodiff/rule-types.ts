import type { Rules } from '../../../engine/autodiff/rule.ts'
import { mul, neg } from '../../../engine/graph/ops.ts'

const product: Rules<'mul'>['mul'] = (g, { a, b }) => ({ a: () => mul(g, b), b: () => mul(g, a) })

/** Each of these is wrong in one way. That it does not compile is the test: `tsc` refuses an error that is missing. */
export const wrong = [
  // @ts-expect-error -- an operator without a rule
  { mul: product } satisfies Rules<'mul' | 'neg'>,
  // @ts-expect-error -- an operand without a gradient
  { mul: (g, { b }) => ({ a: () => mul(g, b) }) } satisfies Rules<'mul'>,
  // @ts-expect-error -- a gradient of an operand that the operator does not have
  { neg: (g) => ({ y: () => neg(g) }) } satisfies Rules<'neg'>,
  // @ts-expect-error -- an optional operand that is taken for granted
  { linear: (g, { bias }) => ({ x: () => mul(g, bias), weight: () => g, bias: () => g }) } satisfies Rules<'linear'>,
  // @ts-expect-error -- a gradient that is forgotten instead of 'blocked'
  { neg: () => ({ x: undefined }) } satisfies Rules<'neg'>,
]
