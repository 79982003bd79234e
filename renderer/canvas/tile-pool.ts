import { type Tile, tileBytes } from './tile-mask.ts'

/** Blank tiles kept ready, so that no pointer event has to ask for memory. */
export class TilePool {
  readonly #spare: Tile[] = []

  get spare(): number {
    return this.#spare.length
  }

  /** Fills up to `count` spare tiles; call it when nothing else is to be done. */
  reserve(count: number): void {
    while (this.#spare.length < count) this.#spare.push(new Uint8Array(tileBytes))
  }

  /** A tile of zeros. */
  take(): Tile {
    return this.#spare.pop() ?? new Uint8Array(tileBytes)
  }

  /** Takes a tile back that nobody else holds. */
  give(tile: Tile): void {
    tile.fill(0)
    this.#spare.push(tile)
  }
}
