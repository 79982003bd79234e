import type { PlacesMap } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/**
 * Moves values to 0 … 1; all 0 when they are equal.
 *
 * @returns the same shape
 */
export const stretch = ({ shape, data }: NdArray): NdArray => {
  const lowest = data.reduce((least, value) => Math.min(least, value), Infinity)
  const range = data.reduce((most, value) => Math.max(most, value), -Infinity) - lowest
  return { shape, data: data.map((value) => (range > 0 ? (value - lowest) / range : 0)) }
}

/**
 * The heat of a word: its map stretched to 0 … 1, raised to its exponent, then spread to the places that belong together
 * by the picture's attention to itself, and stretched again.
 *
 * @param map       [h, w]
 * @param exponent  at least 1; from `exponentsOf`
 * @param places    of the same h and w; without them nothing is spread
 * @returns         [h, w], 0 … 1
 * @source Zhang et al. 2025, arXiv:2506.09740: M = A2 · A1 · minmax(A)^T
 */
export const heatOf = (map: NdArray, exponent: number, places: PlacesMap | undefined): NdArray => {
  const { shape, data } = stretch(map)
  const raised = { shape, data: exponent === 1 ? data : data.map((value) => value ** exponent) }
  return stretch(places === undefined ? raised : spread(raised, places))
}

/**
 * On a coarse grid one pass is enough: the second costs small objects more than it mends (measured, see
 * docs/methods/alignment.md).
 */
const coarsePlaces = 32 * 32

const spread = (map: NdArray, { all, up, height, width }: PlacesMap): NdArray => {
  const once = applyRows(all, map)
  return height * width < coarsePlaces ? once : applyRows(up, once)
}

/** [N, N] · [N]. */
const applyRows = ({ data: rows }: NdArray, { shape, data }: NdArray): NdArray => {
  const result = new Float32Array(data.length)
  for (let i = 0; i < data.length; i += 1) {
    let sum = 0
    for (let j = 0; j < data.length; j += 1) sum += (rows[i * data.length + j] ?? 0) * (data[j] ?? 0)
    result[i] = sum
  }
  return { shape, data: result }
}
