import { EngineError } from '../contract/failures.ts'
import { sizeOf, type Shape } from '../tensor/nd-array.ts'
import { convolutionRules } from './infer-convolution.ts'
import type { Attributes, OpName } from './op-specs.ts'
import { channelVectors, picture, text, type InferenceRule, type Operands, type Result } from './shape-operands.ts'
import type { Value } from './value.ts'

/**
 * Shape and dtype of an operator's result.
 *
 * @throws EngineError 'graph-invalid' when the operands do not fit
 */
export const inferResult = <O extends OpName>(
  op: O,
  inputs: readonly Value[],
  attributes: Attributes<O>,
  label?: string,
): Result => {
  const where = label === undefined ? op : `${label} (${op})`
  const refuse = (found: string, expected: string): never => {
    throw new EngineError('graph-invalid', {
      where,
      found,
      expected,
      remedy: 'Check the shapes where this value is made.',
    })
  }
  const at = (index: number): Value => inputs[index] ?? refuse(`no operand ${index}`, 'one')
  // The table is indexed by the same `op` that types `attributes`; TypeScript cannot relate the two through an index.
  const rule = inferenceRules[op] as InferenceRule<O>
  return rule({ all: inputs, at, refuse }, attributes)
}

/**
 * The shape that both broadcast to by NumPy's rules, or undefined when they do not fit.
 */
export const broadcastShape = (a: Shape, b: Shape): Shape | undefined => {
  const rank = Math.max(a.length, b.length)
  const result: number[] = []
  for (let axis = 0; axis < rank; axis += 1) {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    if (left !== right && left !== 1 && right !== 1) return undefined
    result.push(left === 1 ? right : left)
  }
  return result
}

const same = ({ at }: Operands): Result => ({ shape: at(0).shape, dtype: at(0).dtype })

const broadcast = ({ at, refuse }: Operands): Result => {
  const [a, b] = [at(0), at(1)]
  if (a.dtype !== b.dtype) refuse(`dtypes ${a.dtype} and ${b.dtype}`, 'the same dtype')
  const shape =
    broadcastShape(a.shape, b.shape) ?? refuse(`shapes ${text(a.shape)} and ${text(b.shape)}`, 'shapes that broadcast')
  return { shape, dtype: a.dtype }
}

const reduced = ({ at, refuse }: Operands, { axes }: { readonly axes: readonly number[] }): Result => {
  const { shape, dtype } = at(0)
  for (const axis of axes)
    if (axis < 0 || axis >= shape.length) refuse(`axis ${axis} of ${text(shape)}`, `0 … ${shape.length - 1}`)
  return { shape: shape.map((side, axis) => (axes.includes(axis) ? 1 : side)), dtype }
}

const normalized = (operands: Operands): Result => {
  channelVectors(operands, picture(operands)[1], 1)
  return same(operands)
}

const attentionResult = ({ at, refuse }: Operands, { heads }: { readonly heads: number }): Result => {
  const [query, key, value] = [at(0).shape, at(1).shape, at(2).shape]
  const width = query[2] ?? refuse(`query of shape ${text(query)}`, '[B, N, C]')
  if (width % heads !== 0) refuse(`width ${width} with ${heads} heads`, 'a width that the heads divide')
  const fits = query.length === 3 && key.length === 3 && value.length === 3
  if (
    !fits ||
    key[0] !== query[0] ||
    key[2] !== width ||
    value[0] !== key[0] ||
    value[1] !== key[1] ||
    value[2] !== width
  ) {
    refuse(`query ${text(query)}, key ${text(key)}, value ${text(value)}`, '[B, N, C], [B, M, C], [B, M, C]')
  }
  return { shape: query, dtype: at(0).dtype }
}

/** One row for each operator. */
const inferenceRules: { readonly [O in OpName]: InferenceRule<O> } = {
  input: (_, { shape, dtype }) => ({ shape, dtype }),
  constant: (_, { array, dtype }) => ({ shape: array.shape, dtype }),
  initializer: (_, { view }) => ({ shape: view.shape, dtype: view.dtype }),

  linear: (operands, { transposed }) => {
    const { at, refuse } = operands
    const [x, weight] = [at(0).shape, at(1).shape]
    const [rows, columns] = weight
    if (rows === undefined || columns === undefined || weight.length !== 2)
      return refuse(`weight of shape ${text(weight)}`, '[out, in]')
    const [from, to] = transposed ? [rows, columns] : [columns, rows]
    if (x.at(-1) !== from) refuse(`x of shape ${text(x)} with weight ${text(weight)}`, `last side ${from}`)
    channelVectors(operands, to, 2)
    return { shape: [...x.slice(0, -1), to], dtype: at(0).dtype }
  },
  ...convolutionRules,
  groupNorm: (operands, { groups }) => {
    const channels = picture(operands)[1]
    if (channels % groups !== 0)
      operands.refuse(`${channels} channels in ${groups} groups`, 'channels that the groups divide')
    return normalized(operands)
  },
  layerNorm: (operands) => {
    channelVectors(operands, operands.at(0).shape.at(-1) ?? 0, 1)
    return same(operands)
  },
  attention: attentionResult,
  silu: same,
  gelu: same,
  quickGelu: same,
  upsample: (operands, { height, width }) => {
    const [batch, channels] = picture(operands)
    return { shape: [batch, channels, height, width], dtype: operands.at(0).dtype }
  },

  add: broadcast,
  sub: broadcast,
  mul: broadcast,
  div: broadcast,
  neg: same,
  exp: same,
  log: same,
  sqrt: same,
  sin: same,
  cos: same,
  erf: same,
  sigmoid: same,
  tanh: same,
  relu: same,
  clip: same,
  greater: (operands) => ({ shape: broadcast(operands).shape, dtype: 'bool' }),
  equal: (operands) => ({ shape: broadcast(operands).shape, dtype: 'bool' }),
  where: ({ at, refuse }) => {
    if (at(0).dtype !== 'bool') refuse(`a condition of ${at(0).dtype}`, 'bool')
    const branches = broadcastShape(at(1).shape, at(2).shape)
    const shape = branches && broadcastShape(at(0).shape, branches)
    if (shape === undefined) return refuse('operands that do not broadcast', 'shapes that broadcast')
    return { shape, dtype: at(1).dtype }
  },
  cast: ({ at }, { to }) => ({ shape: at(0).shape, dtype: to }),
  matmul: ({ at, refuse }) => {
    const [a, b] = [at(0).shape, at(1).shape]
    const [rows, inner, innerB, columns] = [a.at(-2), a.at(-1), b.at(-2), b.at(-1)]
    const batch = broadcastShape(a.slice(0, -2), b.slice(0, -2))
    if (rows === undefined || columns === undefined || inner !== innerB || batch === undefined) {
      return refuse(`shapes ${text(a)} and ${text(b)}`, '[..., N, K] and [..., K, M]')
    }
    return { shape: [...batch, rows, columns], dtype: at(0).dtype }
  },
  softmax: same,
  reduceSum: reduced,
  reduceMean: reduced,
  reduceMax: reduced,
  reshape: ({ at, refuse }, { shape }) => {
    if (sizeOf(shape) !== sizeOf(at(0).shape))
      refuse(`${text(at(0).shape)} as ${text(shape)}`, 'the same number of elements')
    return { shape, dtype: at(0).dtype }
  },
  transpose: ({ at, refuse }, { permutation }) => {
    const { shape, dtype } = at(0)
    if ([...permutation].sort((a, b) => a - b).some((axis, i) => axis !== i) || permutation.length !== shape.length) {
      refuse(`permutation ${text(permutation)} of ${text(shape)}`, 'every axis once')
    }
    return { shape: permutation.map((axis) => shape[axis] ?? 1), dtype }
  },
  expand: ({ at, refuse }, { shape }) => {
    const result = broadcastShape(at(0).shape, shape)
    if (result === undefined || sizeOf(result) !== sizeOf(shape))
      refuse(`${text(at(0).shape)} to ${text(shape)}`, 'a shape it broadcasts to')
    return { shape, dtype: at(0).dtype }
  },
  concat: ({ all, at, refuse }, { axis }) => {
    const { shape, dtype } = at(0)
    for (const other of all) {
      if (other.shape.length !== shape.length || other.shape.some((side, i) => i !== axis && side !== shape[i])) {
        refuse(`${text(shape)} beside ${text(other.shape)} along axis ${axis}`, 'equal sides but along the axis')
      }
    }
    const total = all.reduce((sum, other) => sum + (other.shape[axis] ?? 0), 0)
    return { shape: shape.map((side, i) => (i === axis ? total : side)), dtype }
  },
  slice: ({ at, refuse }, { axis, start, end }) => {
    const { shape, dtype } = at(0)
    const side = shape[axis] ?? refuse(`axis ${axis} of ${text(shape)}`, 'an axis')
    if (start < 0 || end > side || start >= end) refuse(`${start} … ${end} of ${side}`, 'a range inside')
    return { shape: shape.map((length, i) => (i === axis ? end - start : length)), dtype }
  },
  reverse: same,
  pad: ({ at }, { axis, before, after }) => ({
    shape: at(0).shape.map((side, i) => (i === axis ? side + before + after : side)),
    dtype: at(0).dtype,
  }),
  gather: ({ at }, { axis }) => {
    const { shape, dtype } = at(0)
    return { shape: [...shape.slice(0, axis), ...at(1).shape, ...shape.slice(axis + 1)], dtype }
  },
  averagePool: (operands, { kernel }) => {
    const [batch, channels, height, width] = picture(operands)
    if (height % kernel[0] !== 0 || width % kernel[1] !== 0)
      operands.refuse(`${height} x ${width} by ${text(kernel)}`, 'a size the kernel divides')
    return { shape: [batch, channels, height / kernel[0], width / kernel[1]], dtype: operands.at(0).dtype }
  },

  boundary: same,
  stopGradient: same,

  gemm: ({ at, refuse }, { transposeB }) => {
    const [a, b] = [at(0).shape, at(1).shape]
    const [rows, inner] = a
    const [innerB, columns] = transposeB ? [b[1], b[0]] : b
    if (rows === undefined || columns === undefined || inner !== innerB || a.length !== 2 || b.length !== 2) {
      return refuse(`${text(a)} and ${text(b)}`, 'two matrices that fit')
    }
    return { shape: [rows, columns], dtype: at(0).dtype }
  },
  instanceNorm: same,
  batchNorm: normalized,
  multiHeadAttention: attentionResult,
  scaledSigmoid: same,
}
