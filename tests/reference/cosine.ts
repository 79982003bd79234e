/** Cosine of the angle between two vectors; NaN when their lengths differ or one is zero. */
export const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) return Number.NaN
  let [product, squareA, squareB] = [0, 0, 0]
  for (let i = 0; i < a.length; i += 1) {
    const [left, right] = [a[i] ?? Number.NaN, b[i] ?? Number.NaN]
    product += left * right
    squareA += left * left
    squareB += right * right
  }
  return product / Math.sqrt(squareA * squareB)
}
