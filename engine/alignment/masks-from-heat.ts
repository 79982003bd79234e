import { EngineError } from '../contract/failures.ts'
import { resize, type Size } from '../image/resize.ts'
import { sameShape, type NdArray } from '../tensor/nd-array.ts'
import { stretch } from './heat-map.ts'

/** A heat map at the size of the picture, 0 … 1. */
export const enlargeHeat = (heat: NdArray, size: Size): NdArray => stretch(resize(heat, size, 'bilinear'))

/**
 * Each pixel goes to the word with the most heat there, if that is at least `threshold`; to no word otherwise.
 *
 * @param heats      one [H, W] for each word, 0 … 1
 * @param threshold  0 … 1
 * @returns          index of the word for each pixel, -1 for none, [H, W]
 * @throws EngineError 'shape-mismatch' when the maps differ in size
 */
export const labelPixels = (heats: readonly NdArray[], threshold: number): NdArray<Int32Array> => {
  const [first] = heats
  if (first === undefined) return { shape: [0, 0], data: new Int32Array(0) }
  const other = heats.find(({ shape }) => !sameShape(shape, first.shape))
  if (other !== undefined) {
    throw new EngineError('shape-mismatch', {
      where: 'heat maps',
      found: `shape [${other.shape.join(', ')}]`,
      expected: `[${first.shape.join(', ')}]`,
    })
  }
  const labels = new Int32Array(first.data.length).fill(-1)
  const hottest = new Float32Array(first.data.length).fill(threshold)
  for (const [word, { data }] of heats.entries()) {
    for (let pixel = 0; pixel < labels.length; pixel += 1) {
      const heat = data[pixel] ?? 0
      const bar = hottest[pixel] ?? Infinity
      // The first word keeps a pixel that another one is equally hot in.
      if (heat > bar || (labels[pixel] === -1 && heat >= bar)) {
        labels[pixel] = word
        hottest[pixel] = heat
      }
    }
  }
  return { shape: first.shape, data: labels }
}

/** 1 where a label is `word`, else 0, [H, W]. */
export const maskOfLabel = ({ shape, data }: NdArray<Int32Array>, word: number): NdArray => ({
  shape,
  data: Float32Array.from(data, (label) => (label === word ? 1 : 0)),
})
