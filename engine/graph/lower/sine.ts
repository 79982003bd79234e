import { add, mul, scalar, sub } from '../ops.ts'
import type { Value } from '../value.ts'
import type { Lowering } from './lowering.ts'

/** Adding and taking away 1.5 · 2²³ rounds float32 to the nearest whole number. */
const roundingShift = 1.5 * 2 ** 23
/** π in two parts; the first has so few digits that its multiples up to 2¹⁵ are exact. */
const piHigh = 3.140625
const piLow = Math.PI - piHigh
/** Taylor: at π/2 the next term is 6e-8. */
const sineTerms = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800]

/**
 * Sine by arithmetic alone, within 2e-7 for |x| < 2¹⁵. Shading languages promise next to nothing: Vulkan an error of
 * 2⁻¹¹ between -π and π and none beyond, Direct3D 0.0008; timesteps go up to 1000, SDXL's sizes further.
 */
export const sineByPolynomial: Lowering<'sin'> = (value, [x]) => {
  if (x === undefined) return value
  const turns = rounded(mul(x, scalar(1 / Math.PI)))
  return signedSine(x, turns, turns)
}

/** Cosine: cos x = −(−1)ⁿ sin(x − (n + ½)π). */
export const cosineByPolynomial: Lowering<'cos'> = (value, [x]) => {
  if (x === undefined) return value
  const turns = rounded(sub(mul(x, scalar(1 / Math.PI)), scalar(0.5)))
  return mul(signedSine(x, add(turns, scalar(0.5)), turns), scalar(-1))
}

const rounded = (x: Value): Value => sub(add(x, scalar(roundingShift)), scalar(roundingShift))

/** (−1)^turns · sin(x − halfTurns · π). */
const signedSine = (x: Value, halfTurns: Value, turns: Value): Value => {
  const rest = sub(sub(x, mul(halfTurns, scalar(piHigh))), mul(halfTurns, scalar(piLow)))
  const square = mul(rest, rest)
  const series = sineTerms.reduceRight<Value | undefined>(
    (sum, term) => (sum === undefined ? scalar(term) : add(mul(sum, square), scalar(term))),
    undefined,
  )
  const odd = sub(turns, mul(rounded(mul(turns, scalar(0.5))), scalar(2))) // -1, 0 or 1
  const sign = sub(scalar(1), mul(mul(odd, odd), scalar(2)))
  return mul(mul(rest, series ?? scalar(1)), sign)
}
