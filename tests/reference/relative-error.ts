/** max|found − expected| / max|expected|, the measure of every recorded case; NaN when the lengths differ. */
export const relativeError = (found: ArrayLike<number>, expected: ArrayLike<number>): number => {
  if (found.length !== expected.length) return Number.NaN
  let difference = 0
  let largest = 0
  for (let i = 0; i < expected.length; i += 1) {
    const value = expected[i] ?? Number.NaN
    // Math.max keeps NaN, so that a missing number is never mistaken for a small error
    difference = Math.max(difference, Math.abs((found[i] ?? Number.NaN) - value))
    largest = Math.max(largest, Math.abs(value))
  }
  return largest === 0 ? difference : difference / largest
}
