import { ndArray, sizeOf, type Elements, type NdArray, type Shape } from '../tensor/nd-array.ts'
import { makeValue } from './make-value.ts'
import type { Dtype, Pads } from './op-specs.ts'
import type { Value } from './value.ts'

// Shapes in this file: B batch, N and M positions, C channels, H and W height and width. Results are as NumPy has them.

// leaves

/** What the caller feeds under `name` at each run. */
export const input = (name: string, shape: Shape, dtype: Dtype = 'float32'): Value<'input'> =>
  makeValue('input', [], { name, shape, dtype })

/** Small data that travels inside the graph: tables, masks. Weights are initializers (see params.ts). */
export const constant = (array: NdArray<Elements>, dtype: Dtype = dtypeOf(array.data)): Value<'constant'> =>
  makeValue('constant', [], { array, dtype })

/** A constant without axes. */
export const scalar = (value: number, dtype: 'float32' | 'float64' = 'float32'): Value<'constant'> =>
  constant(ndArray([], dtype === 'float64' ? Float64Array.of(value) : Float32Array.of(value)))

/** Positions for `gather`, int64 [n]. */
export const indices = (values: readonly number[]): Value<'constant'> =>
  constant(ndArray([values.length], BigInt64Array.from(values, BigInt)))

const dtypeOf = (data: Elements): Dtype => {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof Int32Array) return 'int32'
  if (data instanceof BigInt64Array) return 'int64'
  return data instanceof Uint16Array ? 'float16' : 'uint8'
}

// composites

/** x [..., in] times a weight [out, in] (transposed: [in, out] and x [..., in]), plus a bias [out] → [..., out]. */
export const linear = (x: Value, weight: Value, bias?: Value, { transposed = false } = {}): Value =>
  makeValue('linear', bias ? [x, weight, bias] : [x, weight], { transposed })

interface ConvOptions {
  readonly stride?: number
  /** Zeros around the picture: one number for all four sides, or each side. */
  readonly pads?: number | Pads
}

/** Cross-correlation of x [B, in, H, W] with weight [out, in, kh, kw]. */
export const conv = (x: Value, weight: Value, bias?: Value, { stride = 1, pads = 0 }: ConvOptions = {}): Value =>
  makeValue('conv', bias ? [x, weight, bias] : [x, weight], { stride, pads: allSides(pads) })

/** Transpose of `conv` with the same weight [in, out, kh, kw] of its input x [B, in, H, W]. */
export const convTranspose = (
  x: Value,
  weight: Value,
  {
    stride = 1,
    pads = 0,
    outputPadding = [0, 0],
  }: ConvOptions & { readonly outputPadding?: readonly [number, number] } = {},
): Value => makeValue('convTranspose', [x, weight], { stride, pads: allSides(pads), outputPadding })

const allSides = (pads: number | Pads): Pads => (typeof pads === 'number' ? [pads, pads, pads, pads] : pads)

/** Normalizes each of `groups` groups of channels of [B, C, H, W], then scales and shifts each channel. */
export const groupNorm = (x: Value, scale: Value, shift: Value, groups: number, epsilon: number): Value =>
  makeValue('groupNorm', [x, scale, shift], { groups, epsilon })

/** Normalizes the last axis, then scales and shifts it. */
export const layerNorm = (x: Value, scale: Value, shift: Value, epsilon: number): Value =>
  makeValue('layerNorm', [x, scale, shift], { epsilon })

interface AttentionOptions {
  readonly heads: number
  /** Layer key, the name under which transforms find this attention. */
  readonly label: string
  /** Added to the scaled scores, [1 or B, 1 or heads, N, M]. */
  readonly bias?: Value
  /** Factor of the scores; 1/sqrt(C/heads) by default. */
  readonly scale?: number
}

/** softmax(scale · Q Kᵀ + bias) V per head: query [B, N, C], key and value [B, M, C] → [B, N, C]. */
export const attention = (
  query: Value,
  key: Value,
  value: Value,
  { heads, label, bias, scale }: AttentionOptions,
): Value => {
  const headWidth = (query.shape[2] ?? 0) / heads
  const operands = bias ? [query, key, value, bias] : [query, key, value]
  return makeValue('attention', operands, { heads, scale: scale ?? 1 / Math.sqrt(headWidth) }, label)
}

/** x · sigmoid(x). */
export const silu = (x: Value): Value => makeValue('silu', [x], {})
/** x · Φ(x), the exact form. */
export const gelu = (x: Value): Value => makeValue('gelu', [x], {})
/** x · sigmoid(1.702 x), CLIP's form. */
export const quickGelu = (x: Value): Value => makeValue('quickGelu', [x], {})

/** Nearest-neighbour enlargement of [B, C, H, W]; source index = floor(i · H / height), as PyTorch's `nearest`. */
export const upsample = (x: Value, height: number, width: number): Value =>
  makeValue('upsample', [x], { height, width })

// primitives

export const add = (a: Value, b: Value): Value => makeValue('add', [a, b], {})
export const sub = (a: Value, b: Value): Value => makeValue('sub', [a, b], {})
export const mul = (a: Value, b: Value): Value => makeValue('mul', [a, b], {})
export const div = (a: Value, b: Value): Value => makeValue('div', [a, b], {})
export const neg = (x: Value): Value => makeValue('neg', [x], {})
export const exp = (x: Value): Value => makeValue('exp', [x], {})
export const log = (x: Value): Value => makeValue('log', [x], {})
export const sqrt = (x: Value): Value => makeValue('sqrt', [x], {})
export const sin = (x: Value): Value => makeValue('sin', [x], {})
export const cos = (x: Value): Value => makeValue('cos', [x], {})
export const erf = (x: Value): Value => makeValue('erf', [x], {})
export const sigmoid = (x: Value): Value => makeValue('sigmoid', [x], {})
export const tanh = (x: Value): Value => makeValue('tanh', [x], {})
export const relu = (x: Value): Value => makeValue('relu', [x], {})
/** Limits to min … max. */
export const clip = (x: Value, min: number, max: number): Value => makeValue('clip', [x], { min, max })
export const greater = (a: Value, b: Value): Value => makeValue('greater', [a, b], {})
export const equal = (a: Value, b: Value): Value => makeValue('equal', [a, b], {})
/** a where the condition holds, else b. */
export const where = (condition: Value, a: Value, b: Value): Value => makeValue('where', [condition, a, b], {})
export const cast = (x: Value, to: Dtype): Value => (x.dtype === to ? x : makeValue('cast', [x], { to }))
/** [..., N, K] times [..., K, M] → [..., N, M]. */
export const matmul = (a: Value, b: Value): Value => makeValue('matmul', [a, b], {})
export const softmax = (x: Value, axis: number): Value => makeValue('softmax', [x], { axis: fromEnd(x, axis) })

/** Reductions keep the reduced axes with side 1; reshape drops them. Negative axes count from the end. */
export const reduceSum = (x: Value, axes: readonly number[]): Value =>
  makeValue('reduceSum', [x], { axes: axes.map((axis) => fromEnd(x, axis)) })
/** Mean over axes, which stay with side 1. */
export const reduceMean = (x: Value, axes: readonly number[]): Value =>
  makeValue('reduceMean', [x], { axes: axes.map((axis) => fromEnd(x, axis)) })
/** Maximum over axes, which stay with side 1. */
export const reduceMax = (x: Value, axes: readonly number[]): Value =>
  makeValue('reduceMax', [x], { axes: axes.map((axis) => fromEnd(x, axis)) })

const fromEnd = (x: Value, axis: number): number => (axis < 0 ? axis + x.shape.length : axis)

/** Same elements in another shape; one side may be -1. */
export const reshape = (x: Value, shape: Shape): Value => {
  const known = shape.reduce((product, side) => (side === -1 ? product : product * side), 1)
  return makeValue('reshape', [x], { shape: shape.map((side) => (side === -1 ? sizeOf(x.shape) / known : side)) })
}

/** Axis i of the result is axis `permutation[i]` of x. */
export const transpose = (x: Value, permutation: readonly number[]): Value =>
  makeValue('transpose', [x], { permutation })
/** Repeats sides of 1 up to `shape`. */
export const expand = (x: Value, shape: Shape): Value => makeValue('expand', [x], { shape })
/** Values side by side along one axis. */
export const concat = (values: readonly Value[], axis: number): Value => {
  const [first] = values
  return makeValue('concat', values, { axis: first ? fromEnd(first, axis) : axis })
}
/** Positions start … end-1 of one axis. */
export const slice = (x: Value, axis: number, start: number, end: number): Value =>
  makeValue('slice', [x], { axis: fromEnd(x, axis), start, end })
/** Cuts an axis into parts of the given lengths. */
export const split = (x: Value, axis: number, lengths: readonly number[]): Value[] => {
  let start = 0
  return lengths.map((length) => slice(x, axis, start, (start += length)))
}
/** Turns the order of the given axes around. */
export const reverse = (x: Value, axes: readonly number[]): Value => makeValue('reverse', [x], { axes })
/** Zeros before and after along one axis. */
export const pad = (x: Value, axis: number, before: number, after: number): Value =>
  makeValue('pad', [x], { axis, before, after })
/** Rows of `x` along `axis` at int64 `positions` (shape [...]). */
export const gather = (x: Value, positions: Value, axis: number): Value => makeValue('gather', [x, positions], { axis })
/** Mean of non-overlapping kernel x kernel windows of [B, C, H, W]. */
export const averagePool = (x: Value, kernel: readonly [number, number]): Value =>
  makeValue('averagePool', [x], { kernel })

// marks

/** `x`; what `differentiate` computes again after here, it computes from `x` as it was stored. */
export const boundary = (x: Value): Value => makeValue('boundary', [x], {})
/** `x`, through which no gradient flows. */
export const stopGradient = (x: Value): Value => makeValue('stopGradient', [x], {})
