import { add, cast, cos, div, exp, mul, neg, sin, sub } from '../../graph/ops.ts'
import type { Rules } from '../rule.ts'
import { scalarLike } from '../scalar-like.ts'

type Arithmetic =
  'add' | 'sub' | 'mul' | 'div' | 'neg' | 'exp' | 'log' | 'sqrt' | 'sin' | 'cos' | 'erf' | 'sigmoid' | 'tanh' | 'cast'

export const arithmeticRules: Rules<Arithmetic> = {
  add: (g) => ({ a: () => g, b: () => g }),
  sub: (g) => ({ a: () => g, b: () => neg(g) }),
  mul: (g, { a, b }) => ({ a: () => mul(g, b), b: () => mul(g, a) }),
  div: (g, { b }, y) => ({ a: () => div(g, b), b: () => neg(div(mul(g, y), b)) }),
  neg: (g) => ({ x: () => neg(g) }),
  exp: (g, _, y) => ({ x: () => mul(g, y) }),
  log: (g, { x }) => ({ x: () => div(g, x) }),
  sqrt: (g, _, y) => ({ x: () => div(g, add(y, y)) }),
  sin: (g, { x }) => ({ x: () => mul(g, cos(x)) }),
  cos: (g, { x }) => ({ x: () => neg(mul(g, sin(x))) }),
  erf: (g, { x }) => ({ x: () => mul(g, mul(scalarLike(x, 2 / Math.sqrt(Math.PI)), exp(neg(mul(x, x))))) }),
  sigmoid: (g, _, y) => ({ x: () => mul(g, mul(y, sub(scalarLike(y, 1), y))) }),
  tanh: (g, _, y) => ({ x: () => mul(g, sub(scalarLike(y, 1), mul(y, y))) }),
  cast: (g, { x }) => ({ x: () => cast(g, x.dtype) }),
}
