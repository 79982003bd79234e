import { emptyRect, type Rect, type Size } from './geometry.ts'

/** Painted areas are kept in squares of this many pixels, made when first painted. */
export const tileSide = 256
export const tileBytes = tileSide * tileSide

/** One byte of coverage per pixel, row by row; never written again once it is part of a mask. */
export type Tile = Uint8Array<ArrayBuffer>

/** How much of each pixel is painted, 0 … 255. Masks share the tiles that they have in common. */
export interface TileMask extends Size {
  readonly columns: number
  readonly rows: number
  /** By row · columns + column. A tile that is not there is empty. */
  readonly tiles: ReadonlyMap<number, Tile>
}

/** A mask with nothing painted; it costs no pixels. */
export const emptyMask = (width: number, height: number): TileMask => ({
  width,
  height,
  columns: Math.ceil(width / tileSide),
  rows: Math.ceil(height / tileSide),
  tiles: new Map(),
})

/** The coverage of one pixel, 0 outside the mask. */
export function coverageAt(mask: TileMask, x: number, y: number): number {
  if (x < 0 || y < 0 || x >= mask.width || y >= mask.height) return 0
  const column = Math.floor(x / tileSide)
  const row = Math.floor(y / tileSide)
  const tile = mask.tiles.get(row * mask.columns + column)
  return tile?.[(Math.floor(y) - row * tileSide) * tileSide + Math.floor(x) - column * tileSide] ?? 0
}

/** Where a tile lies in its mask, cut at the mask's edge. */
export function tileRect(mask: TileMask, index: number): Rect {
  const x = (index % mask.columns) * tileSide
  const y = Math.floor(index / mask.columns) * tileSide
  return { x, y, width: Math.min(tileSide, mask.width - x), height: Math.min(tileSide, mask.height - y) }
}

/** Indexes of the tiles that a rectangle touches. */
export function* tilesUnder(mask: TileMask, rect: Rect): Generator<number> {
  const left = Math.max(0, Math.floor(rect.x / tileSide))
  const top = Math.max(0, Math.floor(rect.y / tileSide))
  const right = Math.min(mask.columns - 1, Math.ceil((rect.x + rect.width) / tileSide) - 1)
  const bottom = Math.min(mask.rows - 1, Math.ceil((rect.y + rect.height) / tileSide) - 1)
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) yield row * mask.columns + column
  }
}

/** The mask with some tiles exchanged; tiles without a painted pixel are dropped. */
export function withTiles(mask: TileMask, changed: ReadonlyMap<number, Tile>): TileMask {
  const tiles = new Map(mask.tiles)
  for (const [index, tile] of changed) {
    if (isBlank(tile)) tiles.delete(index)
    else tiles.set(index, tile)
  }
  return { ...mask, tiles }
}

const isBlank = (tile: Tile): boolean => new Uint32Array(tile.buffer).every((four) => four === 0)

/** Everything that is painted at least half, as the smallest rectangle; `emptyRect` when nothing is. */
export function maskBounds(mask: TileMask): Rect {
  let left = Infinity
  let top = Infinity
  let right = -1
  let bottom = -1
  for (const [index, tile] of mask.tiles) {
    const { x, y, width, height } = tileRect(mask, index)
    for (let row = 0; row < height; row++) {
      const line = tile.subarray(row * tileSide, row * tileSide + width)
      const first = line.findIndex((value) => value > 127)
      if (first < 0) continue
      const last = line.findLastIndex((value) => value > 127)
      left = Math.min(left, x + first)
      right = Math.max(right, x + last)
      top = Math.min(top, y + row)
      bottom = Math.max(bottom, y + row)
    }
  }
  return right < 0 ? emptyRect : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
}

/** How many pixels are painted at least half. */
export function paintedPixels(mask: TileMask): number {
  let count = 0
  for (const tile of mask.tiles.values()) for (const value of tile) if (value > 127) count++
  return count
}

/** All coverage as one block, width · height bytes. */
export function toDense(mask: TileMask): Uint8Array<ArrayBuffer> {
  const dense = new Uint8Array(mask.width * mask.height)
  for (const [index, tile] of mask.tiles) {
    const { x, y, width, height } = tileRect(mask, index)
    for (let row = 0; row < height; row++) {
      dense.set(tile.subarray(row * tileSide, row * tileSide + width), (y + row) * mask.width + x)
    }
  }
  return dense
}

/** A mask of a block of coverage; empty squares take no memory. */
export function fromDense(dense: Uint8Array, { width, height }: Size): TileMask {
  const mask = emptyMask(width, height)
  const tiles = new Map<number, Tile>()
  for (let index = 0; index < mask.columns * mask.rows; index++) {
    const rect = tileRect(mask, index)
    const tile = new Uint8Array(tileBytes)
    for (let row = 0; row < rect.height; row++) {
      const start = (rect.y + row) * width + rect.x
      tile.set(dense.subarray(start, start + rect.width), row * tileSide)
    }
    tiles.set(index, tile)
  }
  return withTiles(mask, tiles)
}
