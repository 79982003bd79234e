/**
 * The value below which a share of the samples lies, interpolated between neighbours.
 *
 * @param samples at least one
 * @param share   0 (least) … 1 (greatest); 0.5 is the median
 * @throws RangeError when there are no samples
 */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const position = share * (sorted.length - 1)
  const below = sorted[Math.floor(position)]
  const above = sorted[Math.ceil(position)]
  if (below === undefined || above === undefined) throw new RangeError('quantile: found no samples, expected one.')
  return below + (above - below) * (position - Math.floor(position))
}

/** The middle of the samples. @throws RangeError when there are none */
export const median = (samples: readonly number[]): number => quantile(samples, 0.5)
