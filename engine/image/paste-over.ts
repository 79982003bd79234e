import { EngineError } from '../contract/failures.ts'
import type { RawPicture } from '../contract/records.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/**
 * One picture laid over another.
 *
 * @param below  RGB
 * @param above  RGB of the same size
 * @param share  [H, W], how much of `above` shows, 0 … 1: at 0 the bytes are those of `below`, at 1 those of `above`
 * @throws EngineError 'shape-mismatch'
 */
export const pasteOver = (below: RawPicture, above: RawPicture, { shape, data }: NdArray): RawPicture => {
  const { width, height } = below
  const isFit = above.width === width && above.height === height && below.channels === 3 && above.channels === 3
  if (!isFit || shape[0] !== height || shape[1] !== width) {
    throw new EngineError('shape-mismatch', {
      where: 'pasteOver',
      found: `${above.width} x ${above.height} and shares [${shape.join(', ')}]`,
      expected: `both ${width} x ${height}, in colour`,
    })
  }
  const bytes = Uint8Array.from(above.data, (top, i) => {
    const bottom = below.data[i] ?? 0
    return Math.round(bottom + (top - bottom) * (data[Math.floor(i / 3)] ?? 0))
  })
  return { width, height, channels: 3, data: bytes }
}
