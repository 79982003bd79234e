/**
 * The normal distribution as torch's vector build computes it: Cephes' single-precision log, sine and cosine,
 * with the multiply-adds that the compiler fuses. Every line rounds where the machine code does, so results are
 * equal to the bit and must not be "simplified".
 *
 * @source torch 2.15: ATen/native/cpu/avx_mathfun.h (log256_ps, sincos256_ps), DistributionTemplates.h (NormalFill16)
 */

const single = Math.fround
/** a·b + c rounded once: the product of two singles is exact in a double. */
const fusedMultiplyAdd = (a: number, b: number, c: number): number => Math.fround(a * b + c)

const twoPi = single(2 * Math.PI)
const pairs = 8
/** How many values one call of `boxMuller16` makes. */
export const boxMullerBlock = 2 * pairs

/**
 * Turns 16 uniform values into 16 normal ones, in place.
 *
 * @param data    holds uniforms in [0, 1) at `offset` … `offset + 15`: eight for the radius, then eight for the angle
 * @param offset  0 ≤ offset ≤ data.length − 16
 */
export const boxMuller16 = (data: Float32Array, offset: number): void => {
  for (let i = offset; i < offset + pairs; i += 1) {
    const radius = single(Math.sqrt(single(-2 * logarithm(single(1 - at(data, i))))))
    const angle = single(twoPi * at(data, i + pairs))
    // 0 ≤ angle < 2π: the octant, rounded up to an even number, says which polynomial and which sign
    const octant = (Math.trunc(single(angle * fourOverPi)) + 1) & ~1
    const reduced = reduceAngle(angle, octant)
    const square = single(reduced * reduced)
    const first = cosinePolynomial(square)
    const second = sinePolynomial(reduced, square)
    const swapped = (octant & 2) !== 0
    const sine = (swapped ? first : second) * ((octant & 4) !== 0 ? -1 : 1)
    const cosine = (swapped ? second : first) * (((octant - 2) & 4) === 0 ? -1 : 1)
    data[i] = radius * cosine
    data[i + pairs] = radius * sine
  }
}

/** `as`: the caller leaves 16 values from `offset` on. */
const at = (data: Float32Array, index: number): number => data[index] as number

const smallestNormal = 2 ** -126
const squareRootOfHalf = single(Math.SQRT1_2)
const lnTwoLow = single(-2.1219444e-4)
const lnTwoHigh = single(0.693359375)

/** One single, to be read by its bits. */
const word = new DataView(new ArrayBuffer(4))

/** Natural logarithm of 0 < x ≤ 1. */
const logarithm = (x: number): number => {
  word.setFloat32(0, Math.max(x, smallestNormal))
  const bits = word.getInt32(0)
  let exponent = (bits >>> 23) - 126
  word.setInt32(0, (bits & 0x807fffff) | 0x3f000000)
  const fraction = word.getFloat32(0)
  let rest = single(fraction - 1)
  if (fraction < squareRootOfHalf) {
    exponent -= 1
    rest = single(rest + fraction)
  }
  const square = single(rest * rest)
  let sum = single(logarithmPolynomial(rest) * rest)
  sum = fusedMultiplyAdd(sum, square, single(exponent * lnTwoLow))
  sum = fusedMultiplyAdd(-square, 0.5, sum)
  return fusedMultiplyAdd(exponent, lnTwoHigh, single(rest + sum))
}

const log0 = single(7.0376836292e-2)
const log1 = single(-1.151461031e-1)
const log2 = single(1.167699874e-1)
const log3 = single(-1.2420140846e-1)
const log4 = single(1.4249322787e-1)
const log5 = single(-1.6668057665e-1)
const log6 = single(2.0000714765e-1)
const log7 = single(-2.4999993993e-1)
const log8 = single(3.3333331174e-1)

const logarithmPolynomial = (x: number): number => {
  let sum = fusedMultiplyAdd(log0, x, log1)
  sum = fusedMultiplyAdd(sum, x, log2)
  sum = fusedMultiplyAdd(sum, x, log3)
  sum = fusedMultiplyAdd(sum, x, log4)
  sum = fusedMultiplyAdd(sum, x, log5)
  sum = fusedMultiplyAdd(sum, x, log6)
  sum = fusedMultiplyAdd(sum, x, log7)
  return fusedMultiplyAdd(sum, x, log8)
}

const fourOverPi = single(1.27323954473516)
const piPart1 = single(-0.78515625)
const piPart2 = single(-2.4187564849853515625e-4)
const piPart3 = single(-3.77489497744594108e-8)

/** angle − octant·π/4, with π/4 in three parts. */
const reduceAngle = (angle: number, octant: number): number => {
  let reduced = fusedMultiplyAdd(octant, piPart1, angle)
  reduced = fusedMultiplyAdd(octant, piPart2, reduced)
  return fusedMultiplyAdd(octant, piPart3, reduced)
}

const cosine0 = single(2.443315711809948e-5)
const cosine1 = single(-1.388731625493765e-3)
const cosine2 = single(4.166664568298827e-2)

const cosinePolynomial = (square: number): number => {
  let sum = fusedMultiplyAdd(cosine0, square, cosine1)
  sum = fusedMultiplyAdd(sum, square, cosine2)
  sum = fusedMultiplyAdd(single(sum * square), square, -single(square * 0.5))
  return single(sum + 1)
}

const sine0 = single(-1.9515295891e-4)
const sine1 = single(8.3321608736e-3)
const sine2 = single(-1.6666654611e-1)

const sinePolynomial = (reduced: number, square: number): number => {
  let sum = fusedMultiplyAdd(sine0, square, sine1)
  sum = fusedMultiplyAdd(sum, square, sine2)
  return fusedMultiplyAdd(single(sum * square), reduced, reduced)
}
