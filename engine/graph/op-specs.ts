import type { NdArray, Elements, Shape } from '../tensor/nd-array.ts'
import type { WeightView } from '../tensor/weight-view.ts'

export type Dtype = 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int32' | 'int64' | 'bool' | 'uint8'

/** One operator: the names of its operands (a trailing `?` marks optional ones) and the type of its attributes. */
interface OpSpec<Attributes, Names extends readonly string[] = readonly string[]> {
  readonly operands: Names
  /** More operands of the same kind may follow the first (Concat). */
  readonly variadic?: true
  /** Never set: carries the attribute type. */
  readonly attributes?: Attributes
}

// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an operator without attributes
type None = {}

const op =
  <Attributes extends object = None>() =>
  <const Names extends readonly string[]>(...operands: Names): OpSpec<Attributes, Names> => ({ operands })
const manyOf =
  <Attributes extends object = None>() =>
  <const Name extends string>(operand: Name): OpSpec<Attributes, readonly [Name]> => ({
    operands: [operand],
    variadic: true,
  })

/** Padding of a picture's height and width, each at its begin and end. */
export type Pads = readonly [top: number, left: number, bottom: number, right: number]

interface ConvAttributes {
  readonly stride: number
  readonly pads: Pads
}

interface DepthwiseAttributes {
  readonly strides: readonly [rows: number, columns: number]
  readonly pads: Pads
}

/**
 * Every operator of the engine. Leaves hold data, composites are what networks are written with,
 * primitives are what gradients and losses are written with, marks steer `differentiate`, kernels exist only after
 * lowering.
 */
export const opSpecs = {
  // leaves
  input: op<{ readonly name: string; readonly shape: Shape; readonly dtype: Dtype }>()(),
  constant: op<{ readonly array: NdArray<Elements>; readonly dtype: Dtype }>()(),
  initializer: op<{ readonly view: WeightView }>()(),

  // composites: one gradient rule each, one lowering per device
  linear: op<{ readonly transposed: boolean }>()('x', 'weight', 'bias?'),
  conv: op<ConvAttributes>()('x', 'weight', 'bias?'),
  convTranspose: op<ConvAttributes & { readonly outputPadding: readonly [number, number] }>()('x', 'weight'),
  groupNorm: op<{ readonly groups: number; readonly epsilon: number }>()('x', 'scale', 'shift'),
  layerNorm: op<{ readonly epsilon: number }>()('x', 'scale', 'shift'),
  attention: op<{ readonly heads: number; readonly scale: number }>()('query', 'key', 'value', 'bias?'),
  silu: op()('x'),
  gelu: op()('x'),
  quickGelu: op()('x'),
  upsample: op<{ readonly height: number; readonly width: number }>()('x'),

  // primitives
  add: op()('a', 'b'),
  sub: op()('a', 'b'),
  mul: op()('a', 'b'),
  div: op()('a', 'b'),
  neg: op()('x'),
  exp: op()('x'),
  log: op()('x'),
  sqrt: op()('x'),
  sin: op()('x'),
  cos: op()('x'),
  erf: op()('x'),
  sigmoid: op()('x'),
  tanh: op()('x'),
  relu: op()('x'),
  clip: op<{ readonly min: number; readonly max: number }>()('x'),
  greater: op()('a', 'b'),
  equal: op()('a', 'b'),
  where: op()('condition', 'a', 'b'),
  cast: op<{ readonly to: Dtype }>()('x'),
  matmul: op()('a', 'b'),
  softmax: op<{ readonly axis: number }>()('x'),
  reduceSum: op<{ readonly axes: readonly number[] }>()('x'),
  reduceMean: op<{ readonly axes: readonly number[] }>()('x'),
  reduceMax: op<{ readonly axes: readonly number[] }>()('x'),
  reshape: op<{ readonly shape: Shape }>()('x'),
  transpose: op<{ readonly permutation: readonly number[] }>()('x'),
  expand: op<{ readonly shape: Shape }>()('x'),
  concat: manyOf<{ readonly axis: number }>()('x'),
  slice: op<{ readonly axis: number; readonly start: number; readonly end: number }>()('x'),
  reverse: op<{ readonly axes: readonly number[] }>()('x'),
  pad: op<{ readonly axis: number; readonly before: number; readonly after: number }>()('x'),
  gather: op<{ readonly axis: number }>()('x', 'indices'),
  averagePool: op<{ readonly kernel: readonly [number, number] }>()('x'),

  // marks: change no number, steer `differentiate`, gone after lowering
  boundary: op()('x'),
  stopGradient: op()('x'),

  // kernels: only `lower` makes them
  gemm: op<{ readonly transposeB: boolean }>()('a', 'b', 'bias?'),
  instanceNorm: op<{ readonly epsilon: number }>()('x', 'scale', 'shift'),
  batchNorm: op<{ readonly epsilon: number }>()('x', 'scale', 'shift', 'mean', 'variance'),
  depthwiseConv: op<DepthwiseAttributes>()('x', 'weight'),
  multiHeadAttention: op<{ readonly heads: number; readonly scale: number }>()('query', 'key', 'value', 'bias?'),
  scaledSigmoid: op<{ readonly alpha: number }>()('x'),
} as const satisfies Record<string, OpSpec<object>>

export type OpName = keyof typeof opSpecs

/** The attributes of operator `O`. */
export type Attributes<O extends OpName> = (typeof opSpecs)[O] extends OpSpec<infer A> ? A : never

type Names<O extends OpName> = (typeof opSpecs)[O]['operands'][number]
type RequiredName<N extends string> = N extends `${string}?` ? never : N
type OptionalName<N extends string> = N extends `${infer Name}?` ? Name : never

/** The names of the operands of `O`, optional ones without their `?`. */
export type OperandName<O extends OpName> = RequiredName<Names<O>> | OptionalName<Names<O>>

/** One `Item` for each operand of `O` by its name; those of optional operands may be missing. */
export type ByOperand<O extends OpName, Item> = { readonly [N in RequiredName<Names<O>>]: Item } & {
  readonly [N in OptionalName<Names<O>>]?: Item
}

/** Operators that only `lower` makes; a graph that holds one is ready for encoding and no longer for gradients. */
export const kernelOps = [
  'gemm',
  'instanceNorm',
  'batchNorm',
  'depthwiseConv',
  'multiHeadAttention',
  'scaledSigmoid',
] as const satisfies readonly OpName[]
