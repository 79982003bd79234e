import { EngineError } from '../contract/failures.ts'
import type { ChangeMask, RawPicture } from '../contract/records.ts'
import { distanceToZero } from '../image/distance-to-zero.ts'
import { toMask } from '../image/pixels.ts'
import { resize, type Size } from '../image/resize.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/** Where a picture may change. */
export interface ChangeArea {
  /** How far each pixel may change, 0 … 1, [H, W]. */
  readonly coverage: NdArray
  /** How much of the new picture shows at each pixel, 0 … 1, [H, W]: 0 wherever `coverage` is. */
  readonly share: NdArray
}

/**
 * Puts masks together: a pixel may change where one of them covers it. The soft edge lies inside: it begins at the first
 * pixel that is covered and reaches full strength `feather` pixels further in. At the picture's own border there is none.
 *
 * @param pictures  of `masks`, in their order, any size
 * @param size      of the picture, in pixels
 * @throws EngineError 'bad-argument' when a mask's pixels are missing, or nothing is covered
 */
export const changeArea = (masks: readonly ChangeMask[], pictures: readonly RawPicture[], size: Size): ChangeArea => {
  const shape = [size.height, size.width]
  const coverage = new Float32Array(size.height * size.width)
  const share = new Float32Array(size.height * size.width)
  for (const [i, { file, opacity, feather }] of masks.entries()) {
    const inside = coverageOf(file, pictures[i], size)
    const { data: depth } = distanceToZero(inside)
    for (const [at, covered] of inside.data.entries()) {
      coverage[at] = Math.max(coverage[at] ?? 0, covered)
      share[at] = Math.max(share[at] ?? 0, opacity * covered * Math.min(1, (depth[at] ?? 0) / (feather + 1)))
    }
  }
  if (!coverage.some((covered) => covered > 0)) {
    throw new EngineError('bad-argument', {
      where: 'mask',
      found: 'nothing painted',
      expected: 'something inside the picture',
      remedy: 'Paint it, or hide it: then all of the picture may change.',
    })
  }
  return { coverage: { shape, data: coverage }, share: { shape, data: share } }
}

const coverageOf = (file: string, picture: RawPicture | undefined, size: Size): NdArray => {
  if (picture === undefined)
    throw new EngineError('bad-argument', { where: 'mask', found: `no pixels for "${file}"`, expected: 'its picture' })
  return resize(toMask(picture), size, picture.width < size.width ? 'bilinear' : 'area')
}
