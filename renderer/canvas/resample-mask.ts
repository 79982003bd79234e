import type { Rect, Size } from './geometry.ts'
import { coverageAt, fromDense, type TileMask } from './tile-mask.ts'

/**
 * The mask with what lies in `from` drawn into `to` (both in mask pixels), smoothly; nothing else stays.
 * Moves and scales a region; the same rectangle twice gives the same mask.
 */
export function transformMask(mask: TileMask, from: Rect, to: Rect): TileMask {
  const dense = new Uint8Array(mask.width * mask.height)
  const scaleX = from.width / to.width
  const scaleY = from.height / to.height
  const right = Math.min(mask.width, Math.ceil(to.x + to.width))
  const bottom = Math.min(mask.height, Math.ceil(to.y + to.height))
  for (let y = Math.max(0, Math.floor(to.y)); y < bottom; y++) {
    for (let x = Math.max(0, Math.floor(to.x)); x < right; x++) {
      const sourceX = from.x + (x + 0.5 - to.x) * scaleX - 0.5
      const sourceY = from.y + (y + 0.5 - to.y) * scaleY - 0.5
      dense[y * mask.width + x] = Math.round(sampleSmoothly(mask, sourceX, sourceY))
    }
  }
  return fromDense(dense, mask)
}

/** The mask stretched to another size, as when the document changes its size. */
export function resizeMask(mask: TileMask, { width, height }: Size): TileMask {
  if (width === mask.width && height === mask.height) return mask
  const dense = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sourceX = ((x + 0.5) * mask.width) / width - 0.5
      const sourceY = ((y + 0.5) * mask.height) / height - 0.5
      dense[y * width + x] = Math.round(sampleSmoothly(mask, sourceX, sourceY))
    }
  }
  return fromDense(dense, { width, height })
}

function sampleSmoothly(mask: TileMask, x: number, y: number): number {
  const left = Math.floor(x)
  const top = Math.floor(y)
  const shareX = x - left
  const shareY = y - top
  const upper = coverageAt(mask, left, top) * (1 - shareX) + coverageAt(mask, left + 1, top) * shareX
  if (shareY === 0) return upper
  const lower = coverageAt(mask, left, top + 1) * (1 - shareX) + coverageAt(mask, left + 1, top + 1) * shareX
  return upper * (1 - shareY) + lower * shareY
}
