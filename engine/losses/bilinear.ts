import { constant, matmul } from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'

/**
 * Bilinear resize of pictures [..., h, w] → [..., height, width] as two products with constant matrices, sample positions
 * at pixel centres (align_corners = false), without smoothing when it shrinks.
 */
export const resizeBilinear = (x: Value, height: number, width: number): Value => {
  const [fromHeight = 1, fromWidth = 1] = x.shape.slice(-2)
  const tall = fromHeight === height ? x : matmul(interpolation(fromHeight, height, 'rows'), x)
  return fromWidth === width ? tall : matmul(tall, interpolation(fromWidth, width, 'columns'))
}

/** Weights of `from` samples in each of `to`: [to, from] for rows, [from, to] for columns. */
const interpolation = (from: number, to: number, layout: 'rows' | 'columns'): Value => {
  const data = new Float32Array(from * to)
  const put = (target: number, source: number, weight: number): void => {
    const index = layout === 'rows' ? target * from + source : source * to + target
    data[index] = (data[index] ?? 0) + weight
  }
  for (let i = 0; i < to; i += 1) {
    const position = Math.max(0, ((i + 0.5) * from) / to - 0.5)
    const near = Math.min(Math.floor(position), from - 1)
    put(i, near, 1 - (position - near))
    put(i, Math.min(near + 1, from - 1), position - near)
  }
  return constant({ shape: layout === 'rows' ? [to, from] : [from, to], data })
}
