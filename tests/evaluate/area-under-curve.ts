/** Probability that a value of `positives` is above one of `negatives`, ties counting half. NaN when one is empty. */
export const areaUnderCurve = (positives: readonly number[], negatives: readonly number[]): number => {
  let won = 0
  for (const positive of positives) {
    for (const negative of negatives) won += positive > negative ? 1 : positive === negative ? 0.5 : 0
  }
  return won / (positives.length * negatives.length)
}
