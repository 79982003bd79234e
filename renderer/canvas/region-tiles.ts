import { intersectRects, isEmptyRect, type Rect } from './geometry.ts'
import { paintOf } from './region-colours.ts'
import { type LiveTiles, makeSample, traceTile, writeTilePixels } from './tile-image.ts'
import { type Tile, type TileMask, tileRect, tileSide, tilesUnder } from './tile-mask.ts'

export interface TileImage {
  readonly canvas: OffscreenCanvas
  readonly brush: OffscreenCanvasRenderingContext2D
  path: Path2D | null
  source: Tile | undefined
  /** Which tiles lie right, below and across: their first pixels decide this tile's edge. */
  neighbours: readonly (Tile | undefined)[]
}

/** Pixels that every tile is written through before it goes to its canvas; made once. */
export interface TileScratch {
  readonly image: ImageData
}

/** One region as images of its tiles, as fine as the zoom needs and no finer. Only visible tiles are kept. */
export class RegionTiles {
  readonly #colour: number
  readonly #scratch: TileScratch
  readonly #images = new Map<number, TileImage>()
  #mask: TileMask
  #mip = 0

  constructor(mask: TileMask, colour: number, scratch: TileScratch) {
    this.#mask = mask
    this.#colour = colour
    this.#scratch = scratch
  }

  get colour(): number {
    return this.#colour
  }

  get bytes(): number {
    return this.#images.size * (tileSide >> this.#mip) ** 2 * 4
  }

  setMask(mask: TileMask): void {
    if (mask.width !== this.#mask.width || mask.height !== this.#mask.height) this.#images.clear()
    this.#mask = mask
  }

  setMip(mip: number): void {
    if (mip !== this.#mip) this.#images.clear()
    this.#mip = mip
  }

  /** Lets go of what is no longer in view. */
  keepOnly(visible: Rect): void {
    const kept = new Set(tilesUnder(this.#mask, visible))
    for (const index of this.#images.keys()) if (!kept.has(index)) this.#images.delete(index)
  }

  /** The tiles under an area that have anything on them, brought up to date. */
  *under(area: Rect, live: LiveTiles | null, dirty: Rect | null): Generator<readonly [Rect, TileImage]> {
    for (const index of tilesUnder(this.#mask, area)) {
      const below = this.#mask.tiles.get(index)
      const stroke = live?.tiles.get(index)
      if (below === undefined && stroke === undefined) {
        this.#images.delete(index)
        continue
      }
      yield [tileRect(this.#mask, index), this.#refresh(index, below, stroke, live, dirty)]
    }
  }

  #refresh(
    index: number,
    below: Tile | undefined,
    stroke: Tile | undefined,
    live: LiveTiles | null,
    dirty: Rect | null,
  ): TileImage {
    const place = tileRect(this.#mask, index)
    const known = this.#images.get(index)
    const neighbours = [index + 1, index + this.#mask.columns, index + this.#mask.columns + 1].map((i) =>
      this.#mask.tiles.get(i),
    )
    const isSame = known !== undefined && known.source === below
    const isWhole = isSame && known.neighbours.every((tile, i) => tile === neighbours[i])
    const area = isSame && dirty !== null ? intersectRects(dirty, place) : place
    if (isWhole && (dirty === null || isEmptyRect(area))) return known
    const image = known ?? this.#makeImage()
    this.#images.set(index, image)
    if (!isSame || !isEmptyRect(area)) this.#write(image, place, below, stroke, live, isSame ? area : place)
    image.source = below
    image.neighbours = neighbours
    const step = live !== null || this.#mip > 0 ? Math.max(2, 1 << this.#mip) : 1
    image.path = traceTile(this.#mask, index, makeSample(this.#mask, live), step)
    return image
  }

  #write(
    image: TileImage,
    place: Rect,
    below: Tile | undefined,
    stroke: Tile | undefined,
    live: LiveTiles | null,
    area: Rect,
  ): void {
    const { image: scratch } = this.#scratch
    const side = tileSide >> this.#mip
    const pixels = scratch.data.subarray(0, side * side * 4)
    const rect = writeTilePixels(
      pixels,
      place,
      below,
      stroke,
      live?.mode ?? 'add',
      this.#mip,
      area,
      paintOf(this.#colour),
    )
    const view = new ImageData(pixels, side, side)
    image.brush.putImageData(view, 0, 0, rect.x, rect.y, rect.width, rect.height)
  }

  #makeImage(): TileImage {
    const side = tileSide >> this.#mip
    const canvas = new OffscreenCanvas(side, side)
    const brush = canvas.getContext('2d')
    if (brush === null) throw new Error('canvas: the browser gave no 2D context.')
    return { canvas, brush, path: null, source: undefined, neighbours: [] }
  }
}
