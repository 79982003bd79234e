import { traceEdges } from '../canvas/contour.ts'
import type { Point, Size } from '../canvas/geometry.ts'
import { colourOfHeat, type HeatPalette } from './heat-palettes.ts'

/** Where a word is: 0 coldest … 255 hottest on a coarse grid, rows from the top. */
export interface HeatGrid extends Size {
  readonly heat: Uint8Array
  readonly source: 'first' | 'measured'
}

/** The grid is drawn finer than it is, so that the picture under it is not cut into squares. */
const fineSide = 128

/**
 * Heat 0 … 1 anywhere on the grid, by Catmull-Rom splines; beyond the edge as at the edge.
 *
 * @param x in cells; a cell's centre is at + 0.5
 */
export function heatAt({ width, height, heat }: HeatGrid, x: number, y: number): number {
  const column = Math.floor(x - 0.5)
  const row = Math.floor(y - 0.5)
  const across = spline(x - 0.5 - column)
  const down = spline(y - 0.5 - row)
  let sum = 0
  for (const [j, weightDown] of down.entries()) {
    const line = Math.min(height - 1, Math.max(0, row + j - 1)) * width
    for (const [i, weight] of across.entries()) {
      sum += weightDown * weight * (heat[line + Math.min(width - 1, Math.max(0, column + i - 1))] ?? 0)
    }
  }
  return Math.min(1, Math.max(0, sum / 255))
}

const spline = (t: number): readonly number[] => [
  t * (-0.5 + t * (1 - 0.5 * t)),
  1 + t * t * (-2.5 + 1.5 * t),
  t * (0.5 + t * (2 - 1.5 * t)),
  t * t * (-0.5 + 0.5 * t),
]

/** The grid made finer, heat 0 … 1. */
export function refineHeat(grid: HeatGrid): {
  readonly width: number
  readonly height: number
  readonly heat: Float32Array
} {
  const scale = fineSide / Math.max(grid.width, grid.height)
  const width = Math.round(grid.width * scale)
  const height = Math.round(grid.height * scale)
  const heat = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      heat[y * width + x] = heatAt(grid, ((x + 0.5) * grid.width) / width, ((y + 0.5) * grid.height) / height)
    }
  }
  return { width, height, heat }
}

/** The pixels of a heat map in a palette, RGBA. */
export function colourHeat(
  grid: HeatGrid,
  palette: HeatPalette,
): Size & { readonly data: Uint8ClampedArray<ArrayBuffer> } {
  const { width, height, heat } = refineHeat(grid)
  const data = new Uint8ClampedArray(width * height * 4)
  for (const [i, value] of heat.entries()) data.set(colourOfHeat(palette, value), i * 4)
  return { width, height, data }
}

/**
 * The edge of where a word is hotter than `edge`, as lines over the picture.
 *
 * @param edge 0 … 1
 * @returns lines of points, 0 … 1 of the picture's width and height; a closed line ends where it began
 */
export function heatEdge(grid: HeatGrid, edge: number): readonly (readonly Point[])[] {
  const { width, height, heat } = refineHeat(grid)
  const sample = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : 127.5 + 255 * ((heat[y * width + x] ?? 0) - edge)
  const pieces = traceEdges(sample, -1, -1, width + 1, height + 1, 1)
  return joinPieces(pieces).map((line) => line.map(({ x, y }) => ({ x: x / width, y: y / height })))
}

/** Pieces x1, y1, x2, y2 whose ends meet, as lines. */
export function joinPieces(pieces: readonly number[]): readonly (readonly Point[])[] {
  const nameOf = ({ x, y }: Point): string => `${x.toFixed(3)} ${y.toFixed(3)}`
  const ends = new Map<string, Set<number>>()
  const segments: (readonly [Point, Point])[] = []
  for (let i = 0; i + 3 < pieces.length; i += 4) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = pieces.slice(i, i + 4)
    const segment = [
      { x: x1, y: y1 },
      { x: x2, y: y2 },
    ] as const
    for (const end of segment) ends.set(nameOf(end), (ends.get(nameOf(end)) ?? new Set()).add(segments.length))
    segments.push(segment)
  }
  const left = new Set(segments.keys())
  const walk = (from: Point): readonly Point[] => {
    const line: Point[] = []
    for (let at: Point | undefined = from; at !== undefined;) {
      const here: Point = at
      const next: number | undefined = [...(ends.get(nameOf(here)) ?? [])].find((index) => left.has(index))
      const segment: readonly [Point, Point] | undefined = next === undefined ? undefined : segments[next]
      if (next !== undefined) left.delete(next)
      at = segment === undefined ? undefined : nameOf(segment[0]) === nameOf(here) ? segment[1] : segment[0]
      if (at !== undefined) line.push(at)
    }
    return line
  }
  const lines: (readonly Point[])[] = []
  for (const index of left) {
    const segment = segments[index]
    if (segment === undefined) continue
    left.delete(index)
    const [from, to] = segment
    lines.push([...walk(from).toReversed(), from, to, ...walk(to)])
  }
  return lines
}
