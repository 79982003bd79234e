import type { Shape } from '../../tensor/nd-array.ts'
import { constantValues } from '../constant-values.ts'
import { topologicalOrder, type Graph } from '../graph.ts'
import { makeValue } from '../make-value.ts'
import { cast, concat, constant, expand, matmul, reshape, slice } from '../ops.ts'
import { rewrite } from '../rewrite.ts'
import { isOp, type Value } from '../value.ts'
import { cookToom, type CookToom } from './cook-toom.ts'

/** Rows of results that are made together. */
const tileRows = 4

/**
 * Convolutions whose rows are made four at a time, by Winograd's method along the height: of the six rows that four
 * results read, six mixtures are convolved along the width alone, each with its own mixture of the weight's rows; four
 * mixtures of what comes out are the results. Half the multiplications of a 3x3 kernel, the same numbers to about 1e-6.
 *
 * Mixing whole rows keeps every layout: the way in is a depthwise convolution, the way out one small matrix product.
 * For a CPU that makes the mixed weights (twice the bytes) while it loads.
 *
 * @source Lavin and Gray 2015, arXiv:1509.09308, F(4, 3) in one dimension
 */
export const convolveInTiles = (graph: Graph): Graph => {
  const constants = constantValues(topologicalOrder([...graph.outputs.values()]), { folds: true })
  return rewrite(graph, (value, [x, weight, bias]) => {
    if (!isOp(value, 'conv') || x === undefined || weight === undefined) return undefined
    const isKnown = value.inputs.slice(1).every((operand) => constants.has(operand))
    return isKnown && pays(value, weight) ? inTiles(value, x, weight, bias) : undefined
  })
}

/** Channels of one block of the CPU's layout; a depthwise convolution works on whole blocks only. */
const channelBlock = 16
const fewestChannels = 256
/** Below it, the second copy of the weights is more than what is won. */
const fewestPositions = 128 * 128

const pays = ({ attributes, shape }: Value<'conv'>, weight: Value): boolean => {
  const [out = 0, into = 0, kernelHeight] = weight.shape
  const [, , height = 0, width = 0] = shape
  const isWide = [out, into].every((channels) => channels >= fewestChannels && channels % channelBlock === 0)
  return attributes.stride === 1 && kernelHeight === 3 && isWide && height * width >= fewestPositions
}

const inTiles = (value: Value<'conv'>, x: Value, weight: Value, bias: Value | undefined): Value => {
  const [batch = 1, out = 1, height = 1, width = 1] = value.shape
  const [, left, , right] = value.attributes.pads
  const form = cookToom({ outputs: tileRows, taps: weight.shape[2] ?? 1 })
  const tiles = Math.ceil(height / tileRows)
  const products = form.input.map((_, i) => {
    const operands = [mixRows(value, x, form, i), mixKernel(weight, form, i)]
    // The second mixture is part of each result, once.
    const row = makeValue('conv', bias && i === 1 ? [...operands, bias] : operands, { stride: 1, pads: [0, left, 0, right] }, value.label) // prettier-ignore
    return reshape(row, [batch * out * tiles, 1, width])
  })
  const mixed = matmul(matrix(form.output), concat(products, 1)) // [B·out·tiles, 6, W] → [B·out·tiles, 4, W]
  return slice(reshape(mixed, [batch, out, tiles * tileRows, width]), 2, 0, height)
}

/** Mixture i of the rows that each tile reads, [B, C, H, W] → [B, C, tiles, W]. */
const mixRows = (value: Value<'conv'>, x: Value, { input }: CookToom, i: number): Value => {
  const factors = input[i] ?? []
  const [, channels = 1, rows = 1] = x.shape
  const tiles = Math.ceil((value.shape[2] ?? 1) / tileRows)
  const [top] = value.attributes.pads
  const nonZero = factors.flatMap((factor, row) => (factor === 0 ? [] : [row]))
  // Factors of 0 at either end are left out, but not those of rows above the padding.
  const [first, end] = [Math.min(top, ...nonZero), Math.max(...nonZero) + 1]
  const kernel = constant({ shape: [1, 1, end - first, 1], data: Float32Array.from(factors.slice(first, end)) })
  const bottom = Math.max(0, (tiles - 1) * tileRows + end - top - rows)
  return makeValue('depthwiseConv', [x, expand(kernel, [channels, 1, end - first, 1])], {
    strides: [tileRows, 1],
    pads: [top - first, 0, bottom, 0],
  })
}

/**
 * Mixture i of a weight's rows, [out, in, kh, kw] → [out, in, 1, kw], in one product: what is made on the way would stay
 * in memory until the session is created.
 */
const mixKernel = (weight: Value, { kernel }: CookToom, i: number): Value => {
  const [out = 1, into = 1, height = 1, width = 1] = weight.shape
  const mixing = (kernel[i] ?? []).flatMap((factor) => scaledIdentity(width, factor))
  return matmul(withShape(weight, [out, into, 1, height * width]), matrix(mixing))
}

const scaledIdentity = (size: number, factor: number): readonly (readonly number[])[] =>
  Array.from({ length: size }, (_, row) => Array.from({ length: size }, (_, column) => (row === column ? factor : 0)))

/** A stored weight in another shape, without a copy of it. */
const withShape = (weight: Value, shape: Shape): Value => {
  if (isOp(weight, 'initializer')) return makeValue('initializer', [], { view: { ...weight.attributes.view, shape } })
  const [stored] = weight.inputs
  return isOp(weight, 'cast') && stored !== undefined
    ? cast(withShape(stored, shape), weight.dtype)
    : reshape(weight, shape)
}

const matrix = (rows: readonly (readonly number[])[]): Value =>
  constant({ shape: [rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) })
