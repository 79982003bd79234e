import { EngineError } from '../contract/failures.ts'

export type Shape = readonly number[]

/** The element buffers a dense array may have; Uint16Array holds half floats by their bits. */
export type Elements = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array

/** A dense row-major array. `data.length` is the product of `shape`. */
export interface NdArray<Data extends Elements = Float32Array> {
  readonly shape: Shape
  readonly data: Data
}

/** Number of elements of a shape; 1 for a scalar `[]`. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, side) => product * side, 1)

/**
 * Wraps `data` as an array of `shape`, without copying.
 *
 * @throws EngineError 'shape-mismatch' when `data.length` is not the product of `shape`
 */
export const ndArray = <Data extends Elements>(shape: Shape, data: Data): NdArray<Data> => {
  if (data.length !== sizeOf(shape)) {
    throw new EngineError('shape-mismatch', {
      where: 'ndArray',
      found: `${data.length} elements for shape [${shape.join(', ')}]`,
      expected: `${sizeOf(shape)}`,
    })
  }
  return { shape, data }
}

export const zeros = (shape: Shape): NdArray => ({ shape, data: new Float32Array(sizeOf(shape)) })

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((side, i) => side === b[i])
