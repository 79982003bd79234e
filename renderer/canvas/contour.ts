/** Half covered: where a region begins. */
const level = 127.5

/**
 * The edge of a field of coverage as line pieces, by marching squares.
 *
 * @param sample coverage 0 … 255 at a whole place; also asked one step outside of the area
 * @param step   distance between the places looked at, in the sample's own pixels
 * @returns x1, y1, x2, y2 for every piece, in the sample's pixels (a pixel's centre is at + 0.5)
 * @source Lorensen and Cline 1987, in two dimensions, with linear interpolation along the cell's sides
 */
export function traceEdges(
  sample: (x: number, y: number) => number,
  x0: number,
  y0: number,
  width: number,
  height: number,
  step: number,
): number[] {
  const pieces: number[] = []
  for (let y = y0; y < y0 + height; y += step) {
    let upLeft = sample(x0, y)
    let downLeft = sample(x0, y + step)
    for (let x = x0; x < x0 + width; x += step) {
      const upRight = sample(x + step, y)
      const downRight = sample(x + step, y + step)
      const kind =
        (upLeft > level ? 8 : 0) | (upRight > level ? 4 : 0) | (downRight > level ? 2 : 0) | (downLeft > level ? 1 : 0)
      if (kind !== 0 && kind !== 15)
        addPieces(pieces, kind, x + 0.5, y + 0.5, step, [upLeft, upRight, downRight, downLeft])
      upLeft = upRight
      downLeft = downRight
    }
  }
  return pieces
}

type Corners = readonly [upLeft: number, upRight: number, downRight: number, downLeft: number]

/** Sides of a cell that the edge joins, by which corners are inside; sides: 0 up, 1 right, 2 down, 3 left. */
const joins: readonly (readonly number[])[] = [
  [],
  [3, 2],
  [2, 1],
  [3, 1],
  [0, 1],
  [0, 3, 2, 1],
  [0, 2],
  [0, 3],
  [0, 3],
  [0, 2],
  [0, 1, 2, 3],
  [0, 1],
  [3, 1],
  [2, 1],
  [3, 2],
  [],
]

function addPieces(pieces: number[], kind: number, x: number, y: number, step: number, corners: Corners): void {
  for (const side of joins[kind] ?? []) {
    const [upLeft, upRight, downRight, downLeft] = corners
    if (side === 0) pieces.push(x + step * share(upLeft, upRight), y)
    else if (side === 1) pieces.push(x + step, y + step * share(upRight, downRight))
    else if (side === 2) pieces.push(x + step * share(downLeft, downRight), y + step)
    else pieces.push(x, y + step * share(upLeft, downLeft))
  }
}

const share = (from: number, to: number): number => (from === to ? 0.5 : (level - from) / (to - from))
