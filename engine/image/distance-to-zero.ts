import { EngineError } from '../contract/failures.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/**
 * How far each pixel is from the nearest one whose value is 0, in pixels from centre to centre.
 *
 * @param image  [H, W]; below 0 and NaN count as 0
 * @returns      [H, W]: 0 where the value is 0, Infinity everywhere where none is
 * @throws EngineError 'shape-mismatch'
 * @source Felzenszwalb and Huttenlocher 2012, "Distance Transforms of Sampled Functions", section 2
 */
export const distanceToZero = ({ shape, data }: NdArray): NdArray => {
  const [height, width] = shape
  if (shape.length !== 2 || !height || !width) {
    throw new EngineError('shape-mismatch', {
      where: 'distanceToZero',
      found: `shape [${shape.join(', ')}]`,
      expected: '[H, W]',
    })
  }
  const squares = new Float64Array(width * height)
  for (let x = 0; x < width; x += 1) sweepColumn(data, squares, x, width, height)
  const result = new Float32Array(width * height)
  for (let y = 0; y < height; y += 1) {
    const row = squares.subarray(y * width, (y + 1) * width)
    lowerEnvelope(row).forEach((square, x) => (result[y * width + x] = Math.sqrt(square)))
  }
  return { shape, data: result }
}

/** Squared distance to the nearest 0 of the same column: once down, once up. */
const sweepColumn = (data: Float32Array, squares: Float64Array, x: number, width: number, height: number): void => {
  let far = Infinity
  for (let y = 0; y < height; y += 1) {
    far = isZero(data[y * width + x]) ? 0 : far + 1
    squares[y * width + x] = far
  }
  far = Infinity
  for (let y = height - 1; y >= 0; y -= 1) {
    const at = y * width + x
    far = isZero(data[at]) ? 0 : far + 1
    squares[at] = Math.min(far, squares[at] ?? Infinity) ** 2
  }
}

const isZero = (value: number | undefined): boolean => !(value !== undefined && value > 0)

/** min over q of (x − q)² + heights[q], for every x. */
const lowerEnvelope = (heights: Float64Array): Float64Array => {
  const vertices: number[] = []
  /** Where each parabola begins to be the lowest. */
  const starts: number[] = []
  for (const [q, height] of heights.entries()) {
    if (height === Infinity) continue
    let start = -Infinity
    for (;;) {
      const last = vertices.at(-1)
      if (last === undefined) break
      start = (height + q * q - ((heights[last] ?? 0) + last * last)) / (2 * (q - last))
      if (start > (starts.at(-1) ?? -Infinity)) break
      vertices.pop()
      starts.pop()
      start = -Infinity
    }
    vertices.push(q)
    starts.push(start)
  }
  let at = 0
  return heights.map((_, x) => {
    while (at + 1 < vertices.length && (starts[at + 1] ?? Infinity) < x) at += 1
    const vertex = vertices[at]
    return vertex === undefined ? Infinity : (x - vertex) ** 2 + (heights[vertex] ?? 0)
  })
}
