import { emptyRect, intersectRects, isEmptyRect, type Point, type Rect, roundOut } from './geometry.ts'
import type { PaintMode } from './stroke.ts'
import { blendCoverage } from './stroke.ts'
import { type Tile, tileBytes, type TileMask, tileRect, tileSide, tilesUnder, withTiles } from './tile-mask.ts'

/** Horizontal lines per pixel row: edges get as many steps of grey, times the exact cover sideways. */
const samples = 4

/** Adds the polygon (even-odd, closed by itself) to the mask, or takes it away. Edges are smooth. */
export function fillPolygon(mask: TileMask, points: readonly Point[], mode: PaintMode): TileMask {
  const bounds = intersectRects(roundOut(boundsOf(points)), { x: 0, y: 0, width: mask.width, height: mask.height })
  if (points.length < 3 || isEmptyRect(bounds)) return mask
  const cover = new Float32Array(bounds.width)
  const changed = new Map<number, Tile>()
  for (let y = bounds.y; y < bounds.y + bounds.height; y++) {
    cover.fill(0)
    for (let sample = 0; sample < samples; sample++) {
      addSpans(cover, bounds, crossings(points, y + (sample + 0.5) / samples))
    }
    blendRow(mask, changed, cover, bounds, y, mode)
  }
  return withTiles(mask, changed)
}

/** The rectangle as `fillPolygon` draws it. */
export const fillRect = (mask: TileMask, { x, y, width, height }: Rect, mode: PaintMode): TileMask =>
  fillPolygon(
    mask,
    [
      { x, y },
      { x: x + width, y },
      { x: x + width, y: y + height },
      { x, y: y + height },
    ],
    mode,
  )

/** Turns painted into unpainted and the other way round. */
export function invertMask(mask: TileMask): TileMask {
  const changed = new Map<number, Tile>()
  for (let index = 0; index < mask.columns * mask.rows; index++) {
    const tile: Tile = new Uint8Array(tileBytes)
    const below = mask.tiles.get(index)
    const { width, height } = tileRect(mask, index)
    for (let row = 0; row < height; row++) {
      for (let i = row * tileSide; i < row * tileSide + width; i++) tile[i] = 255 - (below?.[i] ?? 0)
    }
    changed.set(index, tile)
  }
  return withTiles(mask, changed)
}

/** Takes everything that `other` has from the mask. Both have the same size. */
export function subtractMask(mask: TileMask, other: TileMask): TileMask {
  const changed = new Map<number, Tile>()
  for (const [index, tile] of mask.tiles) {
    const taken = other.tiles.get(index)
    if (taken === undefined) continue
    changed.set(
      index,
      tile.map((value, i) => Math.min(value, 255 - (taken[i] ?? 0))),
    )
  }
  return changed.size === 0 ? mask : withTiles(mask, changed)
}

export function boundsOf(points: readonly Point[]): Rect {
  if (points.length === 0) return emptyRect
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  const x = Math.min(...xs)
  const y = Math.min(...ys)
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }
}

function crossings(points: readonly Point[], y: number): number[] {
  const found: number[] = []
  for (const [i, a] of points.entries()) {
    const b = points[(i + 1) % points.length] ?? a
    if (a.y <= y === b.y <= y) continue
    found.push(a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x))
  }
  return found.sort((left, right) => left - right)
}

function addSpans(cover: Float32Array, bounds: Rect, edges: readonly number[]): void {
  for (let i = 0; i + 1 < edges.length; i += 2) {
    const left = Math.max(0, (edges[i] ?? 0) - bounds.x)
    const right = Math.min(bounds.width, (edges[i + 1] ?? 0) - bounds.x)
    for (let x = Math.floor(left); x < right; x++) {
      const share = Math.min(right, x + 1) - Math.max(left, x)
      if (share > 0) cover[x] = (cover[x] ?? 0) + share / samples
    }
  }
}

function blendRow(
  mask: TileMask,
  changed: Map<number, Tile>,
  cover: Float32Array,
  bounds: Rect,
  y: number,
  mode: PaintMode,
): void {
  for (const index of tilesUnder(mask, { x: bounds.x, y, width: bounds.width, height: 1 })) {
    const place = tileRect(mask, index)
    const tile = changed.get(index) ?? mask.tiles.get(index)?.slice() ?? new Uint8Array(tileBytes)
    changed.set(index, tile)
    const right = Math.min(place.x + place.width, bounds.x + bounds.width)
    for (let x = Math.max(place.x, bounds.x); x < right; x++) {
      const value = Math.round(Math.min(1, cover[x - bounds.x] ?? 0) * 255)
      const i = (y - place.y) * tileSide + x - place.x
      tile[i] = blendCoverage(tile[i] ?? 0, value, mode)
    }
  }
}
