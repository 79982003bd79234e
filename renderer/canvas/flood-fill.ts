import type { Point, Size } from './geometry.ts'
import type { PaintMode } from './stroke.ts'
import { blendCoverage } from './stroke.ts'
import { coverageAt, fromDense, type TileMask, toDense } from './tile-mask.ts'

/** What the fill looks at: grey or RGBA rows of any size, stretched over the mask. */
export interface FillGround extends Size {
  readonly channels: 1 | 4
  readonly data: Uint8Array | Uint8ClampedArray
}

/** What a flood reached. */
interface Flood {
  /** 255 where it went, one byte for each pixel of the mask. */
  readonly filled: Uint8Array
  /** Whether it ran against the edge of the paper: then nothing encloses it. */
  readonly touchesEdge: boolean
}

/**
 * Fills everything that is joined to the start and looks alike, four ways, as a row-by-row flood.
 *
 * @param ground    what is looked at: the mask itself (fills what a painted line encloses) or the picture
 * @param start     in mask pixels
 * @param tolerance 0 … 255, largest difference of any channel from the pixel at the start
 */
export function floodFill(
  mask: TileMask,
  ground: FillGround,
  start: Point,
  tolerance: number,
  mode: PaintMode,
): TileMask {
  const flood = floodFrom(mask, ground, start, tolerance)
  return flood === null ? mask : merge(mask, flood.filled, mode)
}

/**
 * Fills what painted lines enclose around the start; on paint itself, takes the whole blob or leaves it.
 *
 * @returns null when nothing is painted there and the flood runs out to the edge of the paper
 */
export function fillEnclosed(mask: TileMask, start: Point, mode: PaintMode): TileMask | null {
  const isOnPaint = coverageAt(mask, Math.floor(start.x), Math.floor(start.y)) > halfCoverage
  if (isOnPaint && mode === 'add') return mask
  const own = { width: mask.width, height: mask.height, channels: 1 as const, data: toDense(mask) }
  const flood = floodFrom(mask, own, start, halfCoverage)
  return flood === null || (flood.touchesEdge && !isOnPaint) ? null : merge(mask, flood.filled, mode)
}

/** A soft edge counts as line from the half of its coverage on. */
const halfCoverage = 127

function floodFrom(mask: Size, ground: FillGround, start: Point, tolerance: number): Flood | null {
  const { width, height } = mask
  const startX = Math.floor(start.x)
  const startY = Math.floor(start.y)
  if (startX < 0 || startY < 0 || startX >= width || startY >= height) return null
  let touchesEdge = false
  const isAlike = makeLikeness(ground, mask, startX, startY, tolerance)
  const filled = new Uint8Array(width * height)
  const open = [startY * width + startX]
  for (let seed = open.pop(); seed !== undefined; seed = open.pop()) {
    if (filled[seed] !== 0) continue
    const y = Math.floor(seed / width)
    let left = seed - y * width
    let right = left
    while (left > 0 && filled[y * width + left - 1] === 0 && isAlike(left - 1, y)) left--
    while (right < width - 1 && filled[y * width + right + 1] === 0 && isAlike(right + 1, y)) right++
    filled.fill(255, y * width + left, y * width + right + 1)
    touchesEdge ||= y === 0 || y === height - 1 || left === 0 || right === width - 1
    for (const next of [y - 1, y + 1])
      if (next >= 0 && next < height) pushRuns(open, filled, isAlike, next, left, right, width)
  }
  return { filled, touchesEdge }
}

type IsAlike = (x: number, y: number) => boolean

function makeLikeness(ground: FillGround, mask: Size, startX: number, startY: number, tolerance: number): IsAlike {
  const { data, channels } = ground
  const scaleX = ground.width / mask.width
  const scaleY = ground.height / mask.height
  const at = (x: number, y: number): number =>
    (Math.floor((y + 0.5) * scaleY) * ground.width + Math.floor((x + 0.5) * scaleX)) * channels
  const first = at(startX, startY)
  const wanted = Array.from({ length: Math.min(channels, 3) }, (_, channel) => data[first + channel] ?? 0)
  return (x, y) => {
    const i = at(x, y)
    for (let channel = 0; channel < wanted.length; channel++) {
      if (Math.abs((data[i + channel] ?? 0) - (wanted[channel] ?? 0)) > tolerance) return false
    }
    return true
  }
}

/** One seed for each run of alike pixels beside a filled row. */
function pushRuns(
  open: number[],
  filled: Uint8Array,
  isAlike: IsAlike,
  y: number,
  left: number,
  right: number,
  width: number,
): void {
  let isInRun = false
  for (let x = left; x <= right; x++) {
    const isFree = filled[y * width + x] === 0 && isAlike(x, y)
    if (isFree && !isInRun) open.push(y * width + x)
    isInRun = isFree
  }
}

/** Grows the fill by a pixel, so that no seam stays between it and the line around it, and blends it in. */
function merge(mask: TileMask, filled: Uint8Array, mode: PaintMode): TileMask {
  const { width, height } = mask
  const dense = toDense(mask)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      const isNear =
        filled[i] !== 0 ||
        (x > 0 && filled[i - 1] !== 0) ||
        (x < width - 1 && filled[i + 1] !== 0) ||
        (y > 0 && filled[i - width] !== 0) ||
        (y < height - 1 && filled[i + width] !== 0)
      if (isNear) dense[i] = blendCoverage(dense[i] ?? 0, 255, mode)
    }
  }
  return fromDense(dense, mask)
}
