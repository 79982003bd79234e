import { EngineError } from '../contract/failures.ts'
import { resize, type Size } from '../image/resize.ts'
import type { AttentionMap } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/**
 * Attention of every place to one word in each layer: the mean over the word's tokens.
 *
 * @param tokens  rows of the conditioning, at least one
 * @returns       one [height, width] for each map
 * @throws EngineError 'numbers-not-finite'
 */
export const wordMaps = (maps: readonly AttentionMap[], tokens: readonly number[]): readonly NdArray[] =>
  maps.map(({ layer, height, width, probabilities }) => {
    const keys = probabilities.shape[1] ?? 1
    const data = new Float32Array(height * width)
    for (let place = 0; place < data.length; place += 1) {
      let sum = 0
      for (const token of tokens) sum += probabilities.data[place * keys + token] ?? NaN
      data[place] = sum / tokens.length
    }
    if (!data.every(Number.isFinite)) throw notFinite(layer)
    return { shape: [height, width], data }
  })

/**
 * Maps of several layers as one: each resized bilinearly to `size`, then added with their weights.
 *
 * @param weights  one for each map
 * @returns        [height, width]
 */
export const joinLayers = (maps: readonly NdArray[], weights: readonly number[], size: Size): NdArray => {
  const sum = new Float64Array(size.height * size.width)
  for (const [i, map] of maps.entries()) {
    const weight = weights[i] ?? 0
    if (weight === 0) continue
    const { data } = resize(map, size, 'bilinear')
    for (let place = 0; place < sum.length; place += 1) sum[place] = (sum[place] ?? 0) + weight * (data[place] ?? 0)
  }
  return { shape: [size.height, size.width], data: Float32Array.from(sum) }
}

/** The size of the largest map. */
export const largestSize = (maps: readonly Size[]): Size =>
  maps.reduce((largest, map) => (map.height * map.width > largest.height * largest.width ? map : largest), {
    height: 1,
    width: 1,
  })

const notFinite = (layer: string): EngineError =>
  new EngineError('numbers-not-finite', {
    where: `attention map of ${layer}`,
    found: 'a probability that is not a number',
    expected: 'numbers from 0 to 1',
    remedy: 'The network overflowed: try 32-bit weights.',
  })
