import { traceEdges } from './contour.ts'
import type { Rect } from './geometry.ts'
import { blendCoverage, type PaintMode } from './stroke.ts'
import { coverageAt, type Tile, type TileMask, tileRect, tileSide } from './tile-mask.ts'

/** A stroke in progress over a mask. */
export interface LiveTiles {
  readonly tiles: ReadonlyMap<number, Tile>
  readonly mode: PaintMode
}

type Sample = (x: number, y: number) => number

/** Coverage as it is seen: the mask with the stroke over it. */
export function makeSample(mask: TileMask, live: LiveTiles | null): Sample {
  if (live === null || live.tiles.size === 0) return (x, y) => coverageAt(mask, x, y)
  const stroke: TileMask = { ...mask, tiles: live.tiles }
  return (x, y) => blendCoverage(coverageAt(mask, x, y), coverageAt(stroke, x, y), live.mode)
}

/**
 * Writes one tile as coloured pixels, `2^mip` mask pixels to one.
 *
 * @param pixels RGBA, tileSide >> mip wide
 * @param area   mask pixels to be written, inside the tile
 * @returns the area in pixels of the image
 */
export function writeTilePixels(
  pixels: Uint8ClampedArray,
  place: Rect,
  below: Tile | undefined,
  stroke: Tile | undefined,
  mode: PaintMode,
  mip: number,
  area: Rect,
  paint: readonly [number, number, number],
): Rect {
  const side = tileSide >> mip
  const left = (area.x - place.x) >> mip
  const top = (area.y - place.y) >> mip
  const right = Math.min(side, ((area.x + area.width - place.x - 1) >> mip) + 1)
  const bottom = Math.min(side, ((area.y + area.height - place.y - 1) >> mip) + 1)
  const middle = mip === 0 ? 0 : (1 << mip) >> 1
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const source = ((y << mip) + middle) * tileSide + (x << mip) + middle
      let value = below?.[source] ?? 0
      if (stroke !== undefined) value = blendCoverage(value, stroke[source] ?? 0, mode)
      const i = (y * side + x) * 4
      pixels[i] = paint[0]
      pixels[i + 1] = paint[1]
      pixels[i + 2] = paint[2]
      pixels[i + 3] = value
    }
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/** The edge inside one tile as a path in mask pixels, closed along the mask's own border. */
export function traceTile(mask: TileMask, index: number, sample: Sample, step: number): Path2D | null {
  const { x, y, width, height } = tileRect(mask, index)
  const left = x === 0 ? -step : x
  const top = y === 0 ? -step : y
  const pieces = traceEdges(sample, left, top, x + width - left, y + height - top, step)
  if (pieces.length === 0) return null
  const path = new Path2D()
  for (let i = 0; i + 3 < pieces.length; i += 4) {
    path.moveTo(pieces[i] ?? 0, pieces[i + 1] ?? 0)
    path.lineTo(pieces[i + 2] ?? 0, pieces[i + 3] ?? 0)
  }
  return path
}
