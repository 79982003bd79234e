/** Where one axis of a picture is cut, in positions of that axis. */
export interface AxisTiles {
  /** First position of each tile, rising; the last tile ends where the axis does. */
  readonly starts: readonly number[]
  /** Positions of every tile. */
  readonly size: number
  /** Positions that neighbours share, at least. */
  readonly overlap: number
}

/**
 * Covers an axis with as few equal tiles as will do.
 *
 * @param length   positions of the axis
 * @param largest  of a tile; an axis no longer than this is one tile
 * @param overlap  that neighbours share at least, below `largest`
 */
export const planTiles = (length: number, largest: number, overlap: number): AxisTiles => {
  if (length <= largest) return { starts: [0], size: length, overlap: 0 }
  const count = Math.ceil((length - overlap) / (largest - overlap))
  const size = Math.ceil((length + (count - 1) * overlap) / count)
  const starts = Array.from({ length: count }, (_, i) => Math.round((i * (length - size)) / (count - 1)))
  const shared = starts.slice(1).map((start, i) => (starts[i] ?? 0) + size - start)
  return { starts, size, overlap: Math.min(...shared) }
}
