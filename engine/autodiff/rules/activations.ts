import { add, erf, exp, mul, neg, sigmoid, sub } from '../../graph/ops.ts'
import type { Value } from '../../graph/value.ts'
import type { Rules } from '../rule.ts'
import { scalarLike } from '../scalar-like.ts'

export const activationRules: Rules<'silu' | 'gelu' | 'quickGelu'> = {
  silu: (g, { x }) => ({ x: () => mul(g, scaledSigmoidSlope(x, 1)) }),
  quickGelu: (g, { x }) => ({ x: () => mul(g, scaledSigmoidSlope(x, 1.702)) }),
  gelu: (g, { x }) => ({ x: () => mul(g, geluSlope(x)) }),
}

/** d/dx of x · s(αx) = s · (1 + αx · (1 − s)), s the sigmoid of αx. */
const scaledSigmoidSlope = (x: Value, alpha: number): Value => {
  const scaled = alpha === 1 ? x : mul(x, scalarLike(x, alpha))
  const s = sigmoid(scaled)
  const one = scalarLike(x, 1)
  return mul(s, add(one, mul(scaled, sub(one, s))))
}

/** d/dx of x · Φ(x) = ½ (1 + erf u + (2/√π) u e^(−u²)), u = x/√2. */
const geluSlope = (x: Value): Value => {
  const u = mul(x, scalarLike(x, Math.SQRT1_2))
  const bell = mul(mul(u, scalarLike(x, 1 / Math.sqrt(Math.PI))), exp(neg(mul(u, u))))
  return add(add(mul(erf(u), scalarLike(x, 0.5)), scalarLike(x, 0.5)), bell)
}
