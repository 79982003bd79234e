import type { WordMark } from '../contract/records.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/**
 * A heat map as it is kept: a byte for each place, from its coldest place (0) to its hottest (255). A map that is the same
 * everywhere is all 0.
 *
 * @param map  [h, w]
 */
export const heatBytes = ({ shape, data }: NdArray): Pick<WordMark, 'width' | 'height' | 'heat'> => {
  const [height = 1, width = 1] = shape
  const lowest = data.reduce((least, value) => Math.min(least, value), Infinity)
  const range = data.reduce((most, value) => Math.max(most, value), -Infinity) - lowest
  return { width, height, heat: Uint8Array.from(data, (value) => (range > 0 ? (255 * (value - lowest)) / range : 0)) }
}
