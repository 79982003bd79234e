import { z } from 'zod'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'

/** The tokens of each region of a case. */
export const regionTokensSchema = z.array(z.array(z.int()))

/** 1 where a token belongs to a region: [regions, tokens]. */
export const tokenTable = (regionTokens: readonly (readonly number[])[], tokens: number): NdArray => {
  const data = new Float32Array(regionTokens.length * tokens)
  for (const [region, own] of regionTokens.entries()) for (const token of own) data[region * tokens + token] = 1
  return { shape: [regionTokens.length, tokens], data }
}

/** Mean of each cell's pixels: masks [R, H, W] → [R, height, width], sizes that divide. */
export const areaAveraged = ({ shape, data }: NdArray, height: number, width: number): NdArray => {
  const [regions = 1, fromHeight = 1, fromWidth = 1] = shape
  const [tall, wide] = [fromHeight / height, fromWidth / width]
  const averaged = new Float32Array(regions * height * width)
  for (const [i, coverage] of data.entries()) {
    const [region, y, x] = [
      Math.floor(i / (fromHeight * fromWidth)),
      Math.floor(i / fromWidth) % fromHeight,
      i % fromWidth,
    ]
    const cell = (region * height + Math.floor(y / tall)) * width + Math.floor(x / wide)
    averaged[cell] = (averaged[cell] ?? 0) + coverage / (tall * wide)
  }
  return { shape: [regions, height, width], data: averaged }
}

/** [N, M] → [M, N]. */
export const transposed = (data: ArrayLike<number>, rows: number, columns: number): Float32Array => {
  const result = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1)
      result[column * rows + row] = data[row * columns + column] ?? NaN
  }
  return result
}
