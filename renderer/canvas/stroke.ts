import { emptyRect, intersectRects, isEmptyRect, type Rect, roundOut, uniteRects } from './geometry.ts'
import { type Tile, type TileMask, tileRect, tileSide, tilesUnder, withTiles } from './tile-mask.ts'
import type { TilePool } from './tile-pool.ts'

/** A place of the brush in mask pixels, with its radius there. */
export interface Dab {
  readonly x: number
  readonly y: number
  readonly radius: number
}

export type PaintMode = 'add' | 'remove'

/**
 * The stroke that is being painted: coverage on tiles of its own, so that the mask under it stays whole until the pen
 * is lifted. Overlapping parts of one stroke never get darker than their darkest.
 */
export class Stroke {
  readonly mode: PaintMode
  readonly #mask: TileMask
  readonly #pool: TilePool
  readonly #tiles = new Map<number, Tile>()
  #touched: Rect = emptyRect

  constructor(mask: TileMask, mode: PaintMode, pool: TilePool) {
    this.#mask = mask
    this.mode = mode
    this.#pool = pool
  }

  get tiles(): ReadonlyMap<number, Tile> {
    return this.#tiles
  }

  /** Everything it may have changed so far. */
  get touched(): Rect {
    return this.#touched
  }

  /**
   * Paints from one place to the next: a capsule whose radius changes evenly.
   *
   * @param softness 0 (hard, one pixel of smooth edge) … 1 (fades from the centre)
   * @returns the mask pixels that may have changed
   */
  paint(from: Dab, to: Dab, softness: number): Rect {
    const reach = Math.max(from.radius, to.radius) + 1
    const area = roundOut({
      x: Math.min(from.x, to.x) - reach,
      y: Math.min(from.y, to.y) - reach,
      width: Math.abs(from.x - to.x) + 2 * reach,
      height: Math.abs(from.y - to.y) + 2 * reach,
    })
    const dirty = intersectRects(area, { x: 0, y: 0, width: this.#mask.width, height: this.#mask.height })
    if (isEmptyRect(dirty)) return emptyRect
    for (const index of tilesUnder(this.#mask, dirty)) {
      const place = tileRect(this.#mask, index)
      paintCapsule(this.#tileAt(index), place, intersectRects(dirty, place), from, to, softness)
    }
    this.#touched = uniteRects(this.#touched, dirty)
    return dirty
  }

  /** The mask with the stroke on it; the stroke's own tiles go back to the pool. */
  commit(): TileMask {
    const changed = new Map<number, Tile>()
    for (const [index, tile] of this.#tiles) {
      const below = this.#mask.tiles.get(index)
      changed.set(index, blend(this.#pool.take(), below, tile, this.mode))
    }
    this.cancel()
    return withTiles(this.#mask, changed)
  }

  /** Forgets the stroke. */
  cancel(): void {
    for (const tile of this.#tiles.values()) this.#pool.give(tile)
    this.#tiles.clear()
  }

  #tileAt(index: number): Tile {
    const known = this.#tiles.get(index)
    if (known !== undefined) return known
    const tile = this.#pool.take()
    this.#tiles.set(index, tile)
    return tile
  }
}

/** Coverage of mask and stroke together at one pixel. */
export const blendCoverage = (below: number, stroke: number, mode: PaintMode): number =>
  mode === 'add' ? Math.max(below, stroke) : Math.min(below, 255 - stroke)

function blend(target: Tile, below: Tile | undefined, stroke: Tile, mode: PaintMode): Tile {
  if (below !== undefined) target.set(below)
  for (let i = 0; i < stroke.length; i++) {
    const value = stroke[i] ?? 0
    if (value === 0) continue
    target[i] = blendCoverage(target[i] ?? 0, value, mode)
  }
  return target
}

/**
 * Distance to the line between the two places, against the radius at the nearest point of it.
 * Rows are narrowed to what the capsule can reach before any root is taken.
 */
function paintCapsule(tile: Tile, place: Rect, dirty: Rect, from: Dab, to: Dab, softness: number): void {
  const stepX = to.x - from.x
  const stepY = to.y - from.y
  const lengthSquared = stepX * stepX + stepY * stepY
  const perLength = lengthSquared === 0 ? 0 : 1 / lengthSquared
  const growth = to.radius - from.radius
  const right = dirty.x + dirty.width
  const bottom = dirty.y + dirty.height
  for (let y = dirty.y; y < bottom; y++) {
    const row = (y - place.y) * tileSide - place.x
    const offsetY = y + 0.5 - from.y
    for (let x = dirty.x; x < right; x++) {
      const offsetX = x + 0.5 - from.x
      const along = (offsetX * stepX + offsetY * stepY) * perLength
      const t = along < 0 ? 0 : along > 1 ? 1 : along
      const apartX = offsetX - t * stepX
      const apartY = offsetY - t * stepY
      const radius = from.radius + t * growth
      const squared = apartX * apartX + apartY * apartY
      const outer = radius + 0.5
      if (squared >= outer * outer) continue
      const hard = radius * (1 - softness) - 0.5
      let value = 255
      if (hard < 0 || squared > hard * hard) {
        const share = (outer - Math.sqrt(squared)) / (outer - hard)
        value = (share * share * (3 - 2 * share) * 255) | 0
      }
      const i = row + x
      if (value > (tile[i] ?? 0)) tile[i] = value
    }
  }
}
