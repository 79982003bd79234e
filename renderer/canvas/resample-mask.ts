import { emptyRect, intersectRects, type Rect, roundOut, type Size, uniteRects } from './geometry.ts'
import { coverageAt, fromDense, type TileMask, tileRect } from './tile-mask.ts'
import { boundsOf, centreOf, toUpright, type TurnedRect } from './turned-rect.ts'

/**
 * The mask with what lies in `from` drawn into `to` (both in mask pixels), smoothly, and all around it with it.
 * Moves, scales and turns what is painted; the same rectangle twice gives the same mask.
 */
export function transformMask(mask: TileMask, from: Rect, to: TurnedRect): TileMask {
  const dense = new Uint8Array(mask.width * mask.height)
  const { rect } = to
  const [scaleX, scaleY] = [from.width / rect.width, from.height / rect.height]
  const area = intersectRects(roundOut(placeOfPaint(mask, from, to)), { x: 0, y: 0, ...sizeOf(mask) })
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < area.x + area.width; x++) {
      const upright = toUpright({ x: x + 0.5, y: y + 0.5 }, to)
      const sourceX = from.x + (upright.x - rect.x) * scaleX - 0.5
      const sourceY = from.y + (upright.y - rect.y) * scaleY - 0.5
      dense[y * mask.width + x] = Math.round(sampleSmoothly(mask, sourceX, sourceY))
    }
  }
  return fromDense(dense, mask)
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height })

/** Where everything painted comes to lie, its soft edges too. */
function placeOfPaint(mask: TileMask, from: Rect, { rect, angle }: TurnedRect): Rect {
  const painted = [...mask.tiles.keys()].map((index) => tileRect(mask, index)).reduce(uniteRects, emptyRect)
  const [wide, high] = [rect.width / from.width, rect.height / from.height]
  const upright = {
    x: rect.x + (painted.x - from.x) * wide,
    y: rect.y + (painted.y - from.y) * high,
    width: painted.width * wide,
    height: painted.height * high,
  }
  return boundsOf(upright, angle, centreOf(rect))
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
