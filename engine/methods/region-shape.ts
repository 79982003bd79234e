import type { LayoutShape } from '../contract/layout.ts'
import { EngineError } from '../contract/failures.ts'
import type { RawPicture } from '../contract/records.ts'
import { toMask } from '../image/pixels.ts'
import { resize } from '../image/resize.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/** Coverage of each cell of a map by a shape, 0 … 1, [height, width]. */
export type Coverage = (height: number, width: number) => NdArray

interface ShapeInput {
  readonly shape: LayoutShape
  /** Size of the space that the shape's coordinates lie in. */
  readonly width: number
  readonly height: number
  /** For a mask: its pixels, white inside. */
  readonly mask?: RawPicture | undefined
}

/**
 * How much of each cell a painted shape covers; asked for the same size again, it answers from memory.
 *
 * @throws EngineError 'bad-argument' for a mask without pixels
 */
export const shapeCoverage = ({ shape, width, height, mask }: ShapeInput): Coverage => {
  const known = new Map<string, NdArray>()
  const compute = coverageOf(shape, width, height, mask)
  return (rows, columns) => {
    const key = `${rows} x ${columns}`
    const found = known.get(key) ?? compute(rows, columns)
    known.set(key, found)
    return found
  }
}

const coverageOf = (shape: LayoutShape, width: number, height: number, mask: RawPicture | undefined): Coverage => {
  switch (shape.kind) {
    case 'box': {
      const { x, y } = shape
      const [right, bottom] = [x + shape.width, y + shape.height]
      return polygonCoverage(
        [
          [x, y],
          [right, y],
          [right, bottom],
          [x, bottom],
        ],
        width,
        height,
      )
    }
    case 'polygon':
      return polygonCoverage(shape.points, width, height)
    case 'mask':
      return maskCoverage(shape.file, mask)
  }
}

const maskCoverage = (file: string, mask: RawPicture | undefined): Coverage => {
  if (mask === undefined) {
    throw new EngineError('bad-argument', {
      where: 'layout',
      found: `no pixels for the mask "${file}"`,
      expected: 'its picture',
    })
  }
  const inside = toMask(mask) // [1, 1, H, W]
  return (rows, columns) => {
    const { data } = resize(inside, { height: rows, width: columns }, 'area')
    return { shape: [rows, columns], data }
  }
}

/** Scan lines in each row of cells; across a line coverage is exact. */
const linesPerRow = 16

/** A closed polygon by the even-odd rule. */
const polygonCoverage =
  (points: readonly (readonly [number, number])[], width: number, height: number): Coverage =>
  (rows, columns) => {
    const data = new Float32Array(rows * columns)
    for (let line = 0; line < rows * linesPerRow; line += 1) {
      const y = ((line + 0.5) / (rows * linesPerRow)) * height
      const crossings = crossingsAt(points, y).map((x) => Math.min(columns, Math.max(0, (x / width) * columns)))
      const row = Math.floor(line / linesPerRow)
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        addSpan(data, row * columns, crossings[i] ?? 0, crossings[i + 1] ?? 0)
      }
    }
    return { shape: [rows, columns], data: data.map((lines) => Math.min(1, lines / linesPerRow)) }
  }

const crossingsAt = (points: readonly (readonly [number, number])[], y: number): number[] => {
  const crossings: number[] = []
  for (const [i, [x1, y1]] of points.entries()) {
    const [x2, y2] = points[(i + 1) % points.length] ?? [x1, y1]
    if (y1 <= y !== y2 <= y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1))
  }
  return crossings.sort((a, b) => a - b)
}

/** Adds the covered length of every cell that from … to passes, in cells. */
const addSpan = (data: Float32Array, offset: number, from: number, to: number): void => {
  for (let cell = Math.floor(from); cell < to; cell += 1) {
    const covered = Math.min(to, cell + 1) - Math.max(from, cell)
    data[offset + cell] = (data[offset + cell] ?? 0) + covered
  }
}
