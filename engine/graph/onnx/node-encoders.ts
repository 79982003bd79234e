import type { Attributes, Dtype, OpName } from '../op-specs.ts'
import type { Value } from '../value.ts'

/** An ONNX attribute before it becomes a protobuf message. */
export type AttributeValue =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly values: readonly number[] }
  | { readonly kind: 'string'; readonly value: string }

/** One ONNX node: operator, operands by name ('' leaves an optional one out), attributes. */
export interface NodeSpec {
  readonly type: string
  readonly domain?: 'com.microsoft'
  readonly operands: readonly string[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
}

/** Makes small constants that operators take as operands and returns their names. */
export interface OperandMaker {
  readonly int64s: (values: readonly number[]) => string
  readonly float: (value: number, dtype: Dtype) => string
}

type NodeEncoder<O extends OpName> = (value: Value<O>, operands: readonly string[], make: OperandMaker) => NodeSpec

/** Operators that are data, not nodes, and composites that `lower` must have replaced. */
type Encoded = Exclude<
  OpName,
  | 'input'
  | 'constant'
  | 'initializer'
  | 'linear'
  | 'groupNorm'
  | 'attention'
  | 'silu'
  | 'quickGelu'
  | 'boundary'
  | 'stopGradient'
>

const int = (value: number): AttributeValue => ({ kind: 'int', value })
const float = (value: number): AttributeValue => ({ kind: 'float', value })
const ints = (values: readonly number[]): AttributeValue => ({ kind: 'ints', values })
const string = (value: string): AttributeValue => ({ kind: 'string', value })

const plain =
  (type: string): NodeEncoder<OpName> =>
  (_, operands) => ({ type, operands })

const convolution =
  (type: string): NodeEncoder<'conv'> =>
  ({ attributes: { stride, pads } }, operands) => ({
    type,
    operands,
    attributes: { strides: ints([stride, stride]), pads: ints(pads) },
  })

const reduction =
  (type: string) =>
  (
    value: { readonly attributes: Attributes<'reduceSum'> },
    operands: readonly string[],
    make: OperandMaker,
  ): NodeSpec => ({
    type,
    operands: [...operands, make.int64s(value.attributes.axes)],
    attributes: { keepdims: int(1) },
  })

/** ONNX's numbers for the dtypes of `cast`. */
export const onnxDtypes = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
} as const

/** One row for each operator that becomes a node (opset 20 and com.microsoft 1). */
export const nodeEncoders: { readonly [O in Encoded]: NodeEncoder<O> } = {
  conv: convolution('Conv'),
  convTranspose: ({ attributes: { stride, pads, outputPadding } }, operands) => ({
    type: 'ConvTranspose',
    operands,
    attributes: { strides: ints([stride, stride]), pads: ints(pads), output_padding: ints(outputPadding) },
  }),
  layerNorm: ({ attributes }, operands) => ({
    type: 'LayerNormalization',
    operands,
    attributes: { axis: int(-1), epsilon: float(attributes.epsilon) },
  }),
  gelu: (_, operands) => ({ type: 'Gelu', operands, attributes: { approximate: string('none') } }),
  upsample: ({ shape }, [x = ''], make) => ({
    type: 'Resize',
    operands: [x, '', '', make.int64s(shape)],
    attributes: {
      mode: string('nearest'),
      coordinate_transformation_mode: string('asymmetric'),
      nearest_mode: string('floor'),
    },
  }),
  add: plain('Add'),
  sub: plain('Sub'),
  mul: plain('Mul'),
  div: plain('Div'),
  neg: plain('Neg'),
  exp: plain('Exp'),
  log: plain('Log'),
  sqrt: plain('Sqrt'),
  sin: plain('Sin'),
  cos: plain('Cos'),
  erf: plain('Erf'),
  sigmoid: plain('Sigmoid'),
  tanh: plain('Tanh'),
  relu: plain('Relu'),
  clip: ({ dtype, attributes: { min, max } }, [x = ''], make) => ({
    type: 'Clip',
    operands: [x, make.float(min, dtype), make.float(max, dtype)],
  }),
  greater: plain('Greater'),
  equal: plain('Equal'),
  where: plain('Where'),
  cast: ({ attributes }, operands) => ({ type: 'Cast', operands, attributes: { to: int(onnxDtypes[attributes.to]) } }),
  matmul: plain('MatMul'),
  softmax: ({ attributes }, operands) => ({ type: 'Softmax', operands, attributes: { axis: int(attributes.axis) } }),
  reduceSum: reduction('ReduceSum'),
  reduceMean: reduction('ReduceMean'),
  reduceMax: reduction('ReduceMax'),
  reshape: ({ shape }, [x = ''], make) => ({ type: 'Reshape', operands: [x, make.int64s(shape)] }),
  transpose: ({ attributes }, operands) => ({
    type: 'Transpose',
    operands,
    attributes: { perm: ints(attributes.permutation) },
  }),
  expand: ({ shape }, [x = ''], make) => ({ type: 'Expand', operands: [x, make.int64s(shape)] }),
  concat: ({ attributes }, operands) => ({ type: 'Concat', operands, attributes: { axis: int(attributes.axis) } }),
  slice: ({ attributes: { axis, start, end } }, [x = ''], make) => ({
    type: 'Slice',
    operands: [x, make.int64s([start]), make.int64s([end]), make.int64s([axis])],
  }),
  reverse: ({ attributes: { axes } }, [x = ''], make) => ({
    type: 'Slice',
    operands: [
      x,
      make.int64s(axes.map(() => -1)),
      make.int64s(axes.map(() => -(2 ** 31))),
      make.int64s(axes),
      make.int64s(axes.map(() => -1)),
    ],
  }),
  pad: ({ attributes: { axis, before, after } }, [x = ''], make) => ({
    type: 'Pad',
    operands: [x, make.int64s([before, after]), '', make.int64s([axis])],
    attributes: { mode: string('constant') },
  }),
  gather: ({ attributes }, operands) => ({ type: 'Gather', operands, attributes: { axis: int(attributes.axis) } }),
  averagePool: ({ attributes: { kernel } }, operands) => ({
    type: 'AveragePool',
    operands,
    attributes: { kernel_shape: ints(kernel), strides: ints(kernel) },
  }),
  gemm: ({ attributes }, operands) => ({
    type: 'Gemm',
    operands,
    attributes: { transB: int(attributes.transposeB ? 1 : 0) },
  }),
  instanceNorm: ({ attributes }, operands) => ({
    type: 'InstanceNormalization',
    operands,
    attributes: { epsilon: float(attributes.epsilon) },
  }),
  batchNorm: ({ attributes }, operands) => ({
    type: 'BatchNormalization',
    operands,
    attributes: { epsilon: float(attributes.epsilon) },
  }),
  depthwiseConv: ({ shape, attributes: { strides, pads } }, operands) => ({
    type: 'Conv',
    operands,
    attributes: { group: int(shape[1] ?? 1), strides: ints(strides), pads: ints(pads) },
  }),
  multiHeadAttention: ({ attributes: { heads, scale } }, [query = '', key = '', value = '', bias]) => ({
    type: 'MultiHeadAttention',
    domain: 'com.microsoft',
    operands: bias === undefined ? [query, key, value] : [query, key, value, '', '', bias],
    attributes: { num_heads: int(heads), scale: float(scale) },
  }),
  scaledSigmoid: ({ attributes }, operands) => ({
    type: 'QuickGelu',
    domain: 'com.microsoft',
    operands,
    attributes: { alpha: float(attributes.alpha) },
  }),
}
