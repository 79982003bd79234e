/** A mean and its 95 % interval by bootstrap over groups: what was drawn from one layout or prompt goes together. */
export interface MeanWithInterval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

const resamples = 10_000

/** @param groups values of each group; at least one */
export const meanWithInterval = (groups: readonly (readonly number[])[]): MeanWithInterval => {
  const means = groups.map(mean)
  const draws = Float64Array.from({ length: resamples }, (_, draw) => {
    let sum = 0
    for (let i = 0; i < means.length; i += 1) sum += means[pick(draw * means.length + i, means.length)] ?? 0
    return sum / means.length
  }).sort()
  return {
    mean: mean(means),
    low: draws[Math.floor(0.025 * resamples)] ?? NaN,
    high: draws[Math.floor(0.975 * resamples)] ?? NaN,
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The same draws every time. */
const pick = (counter: number, below: number): number => {
  let mixed = Math.imul(counter ^ (counter >>> 16), 0x45d9f3b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b)
  return Math.floor((((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32) * below)
}
