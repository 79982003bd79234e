import { expectSameShape } from './arithmetic.ts'
import type { NdArray } from './nd-array.ts'

/** Above this cosine the arc is so short that its chord will do. */
const nearlyParallel = 0.9995

/**
 * Goes from one noise to another along the sphere, so that what lies between is as strong as both: a variation seed.
 * Angles are taken along the height, one per column and channel, as A1111 does, so that its pictures can be repeated.
 *
 * @param from   noise of the seed, [B, C, h, w]
 * @param to     noise of the variation seed, same shape
 * @param share  strength of the variation, 0 (`from`) … 1 (`to`)
 * @throws EngineError 'shape-mismatch'
 * @source Shoemake 1985, "Animating rotation with quaternion curves"; AUTOMATIC1111, modules/rng.py, slerp
 */
export const sphericalLerp = (from: NdArray, to: NdArray, share: number): NdArray => {
  expectSameShape('sphericalLerp', to, from)
  const [height = 1, width = 1] = from.shape.slice(-2)
  const data = new Float32Array(from.data.length)
  const plane = height * width
  for (let start = 0; start < data.length; start += plane) {
    for (let column = start; column < start + width; column += 1) {
      const [keep, take] = weights(columnCosine(from.data, to.data, column, width, start + plane), share)
      for (let i = column; i < start + plane; i += width) data[i] = keep * at(from.data, i) + take * at(to.data, i)
    }
  }
  return { shape: from.shape, data }
}

const weights = (cosine: number, share: number): readonly [keep: number, take: number] => {
  // Zero columns have no angle (NaN): they too go straight
  if (!(Math.abs(cosine) <= nearlyParallel)) return [1 - share, share]
  const angle = Math.acos(cosine)
  return [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)]
}

const columnCosine = (a: Float32Array, b: Float32Array, start: number, stride: number, end: number): number => {
  let product = 0
  let squaresA = 0
  let squaresB = 0
  for (let i = start; i < end; i += stride) {
    product += at(a, i) * at(b, i)
    squaresA += at(a, i) ** 2
    squaresB += at(b, i) ** 2
  }
  return product / Math.sqrt(squaresA * squaresB)
}

/** `as`: every index above is below the length, which the shapes guarantee. */
const at = (data: Float32Array, index: number): number => data[index] as number
