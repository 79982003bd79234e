import type { WritableForm } from '../../../graph/lower/lowering.ts'
import { makeGraph, type Graph } from '../../../graph/graph.ts'
import { constant, input } from '../../../graph/ops.ts'
import type { Value } from '../../../graph/value.ts'
import { sizeOf, type Elements, type NdArray, type Shape } from '../../../tensor/nd-array.ts'

/** A fused kernel that a row is about; wrong there, the kernel is switched off and not the device. */
export type FusedForm = WritableForm | 'attention'

/** One graph that a device must compute as the CPU does. */
export interface SelfTestRow {
  /** What it is and in which sizes, such as `conv 9 → 320, 16 x 16`. */
  readonly name: string
  readonly form?: FusedForm
  /** Whether it runs twice, to be timed. */
  readonly isTimed?: boolean | undefined
  readonly build: () => BuiltRow | Promise<BuiltRow>
}

/** A graph with composites, and what it is fed. */
export interface BuiltRow {
  readonly graph: Graph
  readonly feeds: Readonly<Record<string, NdArray<Elements>>>
}

/** Makes what a row's graph is built from; values have no pattern and are the same every time. */
export interface RowParts {
  /** A fed input with values of about -size … size. */
  readonly given: (shape: Shape, size?: number) => Value
  /** A constant, scaled so that a product over all but its first axis stays about 1. */
  readonly weight: (shape: Shape) => Value
  /** A fed input of int64, 0 … below. */
  readonly ids: (shape: Shape, below: number) => Value
}

/** A row of a single output. */
export const row = (name: string, output: (parts: RowParts) => Value, form?: FusedForm): SelfTestRow => ({
  name,
  ...(form !== undefined && { form }),
  build: () => {
    const feeds: Record<string, NdArray<Elements>> = {}
    let count = 0
    const feed = (array: NdArray<Elements>, dtype: 'float32' | 'int64'): Value => {
      const key = `x${count}`
      feeds[key] = array
      return input(key, array.shape, dtype)
    }
    const y = output({
      given: (shape, size = 1) => feed(scattered(shape, ++count, size), 'float32'),
      weight: (shape) => constant(scattered(shape, ++count, 1 / Math.sqrt(Math.max(1, sizeOf(shape.slice(1)))))),
      ids: (shape, below) => {
        const { data } = scattered(shape, ++count, 1)
        return feed(
          { shape, data: BigInt64Array.from(data, (value) => BigInt(Math.floor(((value + 1) / 2) * below))) },
          'int64',
        )
      },
    })
    return { graph: makeGraph(name, { y }), feeds }
  },
})

/** Numbers in -size … size without pattern: a linear congruential generator, so that they are the same everywhere. */
export const scattered = (shape: Shape, seed: number, size: number): NdArray => {
  let state = (seed * 2654435761) >>> 0
  const data = Float32Array.from({ length: sizeOf(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return size * (state / 2 ** 31 - 1)
  })
  return { shape, data }
}
