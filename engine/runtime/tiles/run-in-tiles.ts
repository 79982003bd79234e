import { throwIfStopped } from '../throw-if-stopped.ts'
import { zeros, type NdArray } from '../../tensor/nd-array.ts'
import type { AxisTiles } from './plan-tiles.ts'

interface TiledRun {
  /** [1, C, H, W]. */
  readonly source: NdArray
  readonly rows: AxisTiles
  readonly columns: AxisTiles
  /** Positions of the result for one of the source, per side: 8 for a decoder, 1/8 for an encoder. */
  readonly scale: number
  /** One tile of the source, [1, C, h, w] → its part of the result, [1, D, h · scale, w · scale]. */
  readonly run: (tile: NdArray) => Promise<NdArray>
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs a network tile by tile and blends what overlaps: each tile fades in and out linearly, so that a seam is
 * nowhere. Cancel is checked before each tile.
 *
 * @returns [1, D, H · scale, W · scale]
 * @throws EngineError 'cancelled', and what `run` throws
 */
export const runInTiles = async ({ source, rows, columns, scale, run, signal }: TiledRun): Promise<NdArray> => {
  const [, , height = 1, width = 1] = source.shape
  let blend: Blend | undefined
  for (const [row, top] of rows.starts.entries()) {
    for (const [column, left] of columns.starts.entries()) {
      throwIfStopped(signal)
      const part = await run(cutTile(source, { top, left, height: rows.size, width: columns.size }))
      blend ??= new Blend(part.shape[1] ?? 1, height * scale, width * scale)
      blend.add(part, {
        top: top * scale,
        left: left * scale,
        rowShares: shares(rows, row, scale),
        columnShares: shares(columns, column, scale),
      })
    }
  }
  return blend === undefined ? source : blend.result()
}

interface Window {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

const cutTile = ({ shape, data }: NdArray, { top, left, height, width }: Window): NdArray => {
  const [, channels = 1, fromHeight = 1, fromWidth = 1] = shape
  const tile = new Float32Array(channels * height * width)
  for (let line = 0; line < channels * height; line += 1) {
    const from = (Math.floor(line / height) * fromHeight + top + (line % height)) * fromWidth + left
    tile.set(data.subarray(from, from + width), line * width)
  }
  return { shape: [1, channels, height, width], data: tile }
}

/** How much each position of a tile counts: it rises and falls over the overlap, but not at the picture's own edges. */
const shares = ({ starts, size, overlap }: AxisTiles, tile: number, scale: number): Float32Array => {
  const length = size * scale
  const fade = overlap * scale
  return Float32Array.from({ length }, (_, i) => {
    const rising = tile === 0 ? 1 : (i + 0.5) / fade
    const falling = tile === starts.length - 1 ? 1 : (length - i - 0.5) / fade
    return Math.min(1, rising, falling)
  })
}

interface Place {
  readonly top: number
  readonly left: number
  readonly rowShares: Float32Array
  readonly columnShares: Float32Array
}

/** The weighted mean of tiles. */
class Blend {
  readonly #sum: NdArray
  readonly #weights: Float32Array

  constructor(channels: number, height: number, width: number) {
    this.#sum = zeros([1, channels, height, width])
    this.#weights = new Float32Array(height * width)
  }

  add({ shape, data }: NdArray, { top, left, rowShares, columnShares }: Place): void {
    const [, channels = 1, height = 1, width = 1] = this.#sum.shape
    const [, , tileHeight = 1, tileWidth = 1] = shape
    for (const [row, rowShare] of rowShares.entries()) {
      const to = (top + row) * width + left
      for (const [column, columnShare] of columnShares.entries()) {
        const share = rowShare * columnShare
        this.#weights[to + column] = (this.#weights[to + column] ?? 0) + share
        for (let channel = 0; channel < channels; channel += 1) {
          const place = channel * height * width + to + column
          const from = (channel * tileHeight + row) * tileWidth + column
          this.#sum.data[place] = (this.#sum.data[place] ?? 0) + share * (data[from] ?? 0)
        }
      }
    }
  }

  result(): NdArray {
    const area = this.#weights.length
    return { shape: this.#sum.shape, data: this.#sum.data.map((value, i) => value / (this.#weights[i % area] ?? 1)) }
  }
}
