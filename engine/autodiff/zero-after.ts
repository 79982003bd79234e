import { add, cast, clip, input, mul, reshape, slice } from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/** The scalar input of graphs that delay parts of themselves; always fed 0. */
export const zeroInput = 'zero'

/** What every run of a differentiated graph is fed besides its own inputs; graphs without `zero` do not look at it. */
export const zeroFeed = (): Readonly<Record<typeof zeroInput, NdArray>> => ({
  [zeroInput]: { shape: [], data: Float32Array.of(0) },
})

/**
 * Makes zeros that depend on other values: zero · (their first elements, limited, so that not even an infinite one makes
 * anything else of it). `zero` is an input, so that nothing can know beforehand what comes of it.
 *
 * @param zero  the input of that name, where a graph has it already
 */
export const makeZeroAfter =
  (zero: Value = input(zeroInput, [])): ((...values: readonly Value[]) => Value) =>
  (...values) =>
    mul(zero, values.map(firstElement).reduce(add))

const firstElement = (x: Value): Value => {
  const first = reshape(slice(reshape(x, [-1]), 0, 0, 1), [])
  return cast(clip(first, -1, 1), 'float32')
}
