import { nearestIndices } from '../../graph/lower/upsample.ts'
import { averagePool, cast, constant, matmul, mul, upsample } from '../../graph/ops.ts'
import type { Value } from '../../graph/value.ts'
import type { Rules } from '../rule.ts'
import { scalarLike } from '../scalar-like.ts'

export const pictureRules: Rules<'upsample' | 'averagePool'> = {
  upsample: (g, { x }) => ({ x: () => sumOfCopies(g, x) }),
  averagePool: (g, { x }, { attributes: { kernel } }) => ({
    x: () => upsample(mul(g, scalarLike(g, 1 / (kernel[0] * kernel[1]))), x.shape[2] ?? 1, x.shape[3] ?? 1),
  }),
}

/** Adds up what came from the same pixel: averages for whole factors, products with matrices of 0 and 1 otherwise. */
const sumOfCopies = (g: Value, x: Value): Value => {
  const [, , fromHeight = 1, fromWidth = 1] = x.shape
  const [, , height = 1, width = 1] = g.shape
  const kernel = [height / fromHeight, width / fromWidth] as const
  if (kernel.every(Number.isInteger)) return mul(averagePool(g, kernel), scalarLike(g, kernel[0] * kernel[1]))
  const rows = cast(copies(fromHeight, height, 'from-to'), g.dtype)
  const columns = cast(copies(fromWidth, width, 'to-from'), g.dtype)
  return matmul(matmul(rows, g), columns) // [from, H] · [B, C, H, W] · [W, from]
}

/** 1 where position `to` was copied from position `from`. */
const copies = (from: number, to: number, layout: 'from-to' | 'to-from'): Value => {
  const data = new Float32Array(from * to)
  for (const [i, source] of nearestIndices(from, to).entries()) {
    data[layout === 'from-to' ? source * to + i : i * from + source] = 1
  }
  return constant({ shape: layout === 'from-to' ? [from, to] : [to, from], data })
}
