import { makeValue } from '../make-value.ts'
import { gather, indices } from '../ops.ts'
import type { Lowering } from './lowering.ts'

/**
 * Whole factors stay one Resize; other sizes gather rows and columns by index computed here, since Resize rounds
 * its coordinates differently from PyTorch.
 */
export const upsampleByIndex: Lowering<'upsample'> = (value, [x]) => {
  if (x === undefined) return value
  const { height, width } = value.attributes
  const [, , fromHeight = 1, fromWidth = 1] = x.shape
  if (height % fromHeight === 0 && width % fromWidth === 0) return makeValue('upsample', [x], value.attributes)
  return gather(gather(x, indices(nearestIndices(fromHeight, height)), 2), indices(nearestIndices(fromWidth, width)), 3)
}

/** For each position of a side `to`, the position of a side `from` that PyTorch's `nearest` reads: floor(i · from / to). */
export const nearestIndices = (from: number, to: number): number[] =>
  Array.from({ length: to }, (_, i) => Math.min(from - 1, Math.floor(i * Math.fround(from / to))))
