/** How `outputs` sums of `taps` products are had from fewer products: output · ((kernel · weight) ⊙ (input · x)). */
export interface CookToom {
  /** [n][n], n = outputs + taps - 1: what is made of n neighbouring inputs. */
  readonly input: readonly (readonly number[])[]
  /** [n][taps]: what is made of the taps. */
  readonly kernel: readonly (readonly number[])[]
  /** [outputs][n]: what is made of the n products. */
  readonly output: readonly (readonly number[])[]
}

interface Sizes {
  /** Neighbouring results of one tile. */
  readonly outputs: number
  readonly taps: number
}

/** Small numbers, so that little is lost to rounding; the second makes a column of ones in `output`. */
const points = [0, 1, -1, 2, -2]

/**
 * The bilinear form F(outputs, taps) with n = outputs + taps - 1 products: the correlation's transpose, a product of
 * polynomials, is evaluated at n - 1 points and infinity.
 *
 * @param sizes  n at most 6
 * @source Lavin and Gray 2015, arXiv:1509.09308, F(m, r); Blahut 2010, Fast Algorithms for Signal Processing, 5.2
 */
export const cookToom = ({ outputs, taps }: Sizes): CookToom => {
  const finite = points.slice(0, outputs + taps - 2)
  const others = finite.map((point) => finite.filter((other) => other !== point))
  const atInfinity = (length: number): readonly number[] => powers(0, length).toReversed()
  return {
    input: [...others.map((roots) => [...polynomial(roots), 0]), polynomial(finite)],
    kernel: [
      ...finite.map((point, i) => {
        const scale = (others[i] ?? []).reduce((product, other) => product * (point - other), 1)
        return powers(point, taps).map((power) => power / scale)
      }),
      atInfinity(taps),
    ],
    output: atInfinity(outputs).map((last, row) => [...finite.map((point) => point ** row), last]),
  }
}

/** 1, x, x², …; of 0: 1, 0, 0, … */
const powers = (x: number, length: number): readonly number[] => Array.from({ length }, (_, i) => x ** i)

/** Coefficients of the product of all (x - root), the constant first. */
const polynomial = (roots: readonly number[]): readonly number[] =>
  roots.reduce<readonly number[]>(
    (product, root) => [0, ...product].map((raised, power) => raised - root * (product[power] ?? 0)),
    [1],
  )
