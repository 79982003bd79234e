import type { OpName } from '../../../engine/graph/op-specs.ts'
import {
  add,
  attention,
  averagePool,
  boundary,
  cast,
  clip,
  concat,
  constant,
  conv,
  convTranspose,
  cos,
  div,
  erf,
  exp,
  expand,
  gather,
  gelu,
  greater,
  groupNorm,
  indices,
  layerNorm,
  linear,
  log,
  matmul,
  mul,
  neg,
  pad,
  quickGelu,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  reverse,
  sigmoid,
  silu,
  sin,
  slice,
  softmax,
  sqrt,
  sub,
  tanh,
  transpose,
  upsample,
  where,
} from '../../../engine/graph/ops.ts'
import type { Value } from '../../../engine/graph/value.ts'
import type { Shape } from '../../../engine/tensor/nd-array.ts'

export interface RuleCase {
  readonly op: OpName
  /** The operator and what is special about the case. */
  readonly title: string
  /** The shape of each operand that is differentiated. */
  readonly shapes: readonly Shape[]
  readonly build: Build
  /** Where the operands lie, so that the operator is smooth there. */
  readonly range: readonly [number, number]
  /**
   * float64 where ONNX Runtime has CPU kernels for it. What is linear in each operand is exact at a step of 1, beside
   * which the noise of float32 is small; the rest takes a small step in float32.
   */
  readonly precision: 'float64' | 'float32' | 'linear'
}

/** Takes as many operands as the case has shapes. */
type Build = (a: Value, b: Value, c: Value, d: Value) => Value

interface More {
  readonly of?: string
  readonly range?: readonly [number, number]
}

const caseOf =
  (precision: RuleCase['precision']) =>
  (op: OpName, shapes: string, build: Build, { of, range = [-2, 2] }: More = {}): RuleCase => ({
    op,
    title: of === undefined ? op : `${op} of ${of}`,
    shapes: shapes.split(' ').map((sides) => sides.split('x').map(Number)),
    build,
    range,
    precision,
  })

const f64 = caseOf('float64')
const f32 = caseOf('float32')
/** Linear in each operand while the others are held. */
const exact = caseOf('linear')

const one = '3x5'
const both = '3x4 3x4'
const broadcast = '2x3x4 3x1'
const positive = { range: [0.3, 3] } as const
const label = 'layer'
const condition = cast(constant({ shape: [3, 4], data: Uint8Array.of(1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0) }), 'bool')

/** At least one case for every operator that has a rule. */
export const ruleCases: readonly RuleCase[] = [
  f64('add', both, add),
  f64('add', broadcast, add, { of: 'a smaller operand' }),
  f64('add', '3x4', (x) => add(x, x), { of: 'a value and itself' }),
  f64('sub', broadcast, sub),
  f64('mul', both, mul),
  f64('mul', broadcast, mul, { of: 'a smaller operand' }),
  f64('div', both, div, positive),
  f64('div', broadcast, div, { of: 'a smaller operand', ...positive }),
  f64('neg', one, neg),
  f64('exp', one, exp),
  f64('log', one, log, positive),
  f64('sqrt', one, sqrt, positive),
  f64('sin', one, sin),
  f64('cos', one, cos),
  f32('erf', one, erf),
  f64('sigmoid', one, sigmoid),
  f64('tanh', one, tanh),
  f32('cast', one, (x) => cast(sin(cast(x, 'float64')), 'float32'), { of: 'to float64 and back' }),

  f32('silu', one, silu, { range: [-4, 4] }),
  f32('gelu', one, gelu, { range: [-4, 4] }),
  f32('quickGelu', one, quickGelu, { range: [-4, 4] }),

  exact('linear', '2x3x4 5x4 5', (x, w, b) => linear(x, w, b)),
  exact('linear', '3x4 2x4', (x, w) => linear(x, w), { of: 'few outputs, no bias' }),
  exact('linear', '3x4 4x6', (x, w) => linear(x, w, undefined, { transposed: true }), { of: 'a transposed weight' }),
  exact('linear', '3x4 4x2', (x, w) => linear(x, w, undefined, { transposed: true }), {
    of: 'a narrow transposed weight',
  }),
  f64('matmul', '2x3x4 2x4x5', matmul),
  f64('matmul', '3x4 2x3x4x2', matmul, { of: 'a matrix and a batch of them' }),
  f64('matmul', '2x1x3x4 3x4x2', matmul, { of: 'batches that broadcast' }),

  exact('conv', '2x3x5x4 4x3x3x3 4', (x, w, b) => conv(x, w, b, { pads: 1 })),
  exact('conv', '2x3x4x5 4x3x1x1', (x, w) => conv(x, w), { of: 'kernel 1' }),
  exact('conv', '1x2x6x6 3x2x3x3', (x, w) => conv(x, w, undefined, { pads: [0, 1, 2, 0] }), { of: 'uneven padding' }),
  exact('conv', '1x2x4x4 3x2x2x2', (x, w) => conv(x, w, undefined, { pads: 2 }), {
    of: 'padding wider than the kernel',
  }),
  exact('conv', '2x2x6x6 3x2x3x3', (x, w) => conv(x, w, undefined, { stride: 2, pads: 1 }), { of: 'stride 2' }),
  exact('conv', '1x2x5x7 3x2x3x3', (x, w) => conv(x, w, undefined, { stride: 2, pads: 1 }), {
    of: 'stride 2, odd size',
  }),
  exact('conv', '1x2x6x8 3x2x3x3', (x, w) => conv(x, w, undefined, { stride: 2, pads: [0, 0, 1, 1] }), {
    of: 'stride 2, padding at the far edges',
  }),
  exact('conv', '1x2x5x7 3x2x3x3', (x, w) => conv(x, w, undefined, { stride: 2, pads: [0, 0, 1, 1] }), {
    of: 'stride 2, odd size, padding at the far edges',
  }),
  exact('conv', '1x3x8x8 4x3x4x4', (x, w) => conv(x, w, undefined, { stride: 4 }), { of: 'patches' }),
  exact('convTranspose', '2x3x3x4 3x2x3x3', (x, w) =>
    convTranspose(x, w, { stride: 2, pads: 1, outputPadding: [1, 0] }),
  ),
  exact('convTranspose', '1x3x3x4 3x2x3x3', (x, w) => convTranspose(x, w, { pads: 1 }), { of: 'stride 1' }),

  f32('groupNorm', '2x6x3x4 6 6', (x, a, b) => groupNorm(x, a, b, 3, 1e-5)),
  f32('groupNorm', '1x4x2x3 4 4', (x, a, b) => groupNorm(x, a, b, 4, 0.5), {
    of: 'one channel a group and a large epsilon',
  }),
  f64('layerNorm', '2x3x6 6 6', (x, a, b) => layerNorm(x, a, b, 1e-5)),
  f64('layerNorm', '4x5 5 5', (x, a, b) => layerNorm(x, a, b, 0.5), { of: 'a large epsilon' }),

  f32('attention', '2x3x8 2x5x8 2x5x8', (q, k, v) => attention(q, k, v, { heads: 2, label })),
  f32(
    'attention',
    '1x4x6 1x4x6 1x4x6 1x1x4x4',
    (q, k, v, bias) => attention(q, k, v, { heads: 1, label, bias, scale: 0.7 }),
    { of: 'a bias, one head and a scale' },
  ),
  f32('attention', '2x3x8 2x5x8 2x5x8 2x4x3x5', (q, k, v, bias) => attention(q, k, v, { heads: 4, label, bias }), {
    of: 'a bias of each head',
  }),

  f64('softmax', one, (x) => softmax(x, -1)),
  f64('softmax', '2x3x4', (x) => softmax(x, 1), { of: 'an axis in the middle' }),
  f64('reduceSum', '2x3x4', (x) => reduceSum(x, [0, 2])),
  f64('reduceMean', '2x3x4', (x) => reduceMean(x, [1, 2])),
  f64('reduceMax', '2x3x4', (x) => reduceMax(x, [2])),
  f64('reduceMax', '2x3x4', (x) => reduceMax(x, [0, 1, 2]), { of: 'all' }),
  f64('reshape', '2x6', (x) => reshape(x, [3, 4])),
  f64('transpose', '2x3x4', (x) => transpose(x, [2, 0, 1])),
  f64('expand', '3x1', (x) => expand(x, [2, 3, 4])),
  f64('concat', '2x3 2x1 2x4', (a, b, c) => concat([a, b, c], 1)),
  f64('slice', '3x6', (x) => slice(x, 1, 2, 5)),
  f64('slice', '3x6', (x) => mul(slice(x, 1, 0, 3), slice(x, 1, 3, 6)), { of: 'halves side by side' }),
  f64('slice', '8', (x) => mul(add(slice(x, 0, 1, 3), slice(x, 0, 5, 7)), slice(x, 0, 3, 5)), {
    of: 'parts out of order, with edges left over',
  }),
  f64('slice', '6', (x) => mul(slice(x, 0, 0, 4), slice(x, 0, 2, 6)), { of: 'parts that overlap' }),
  f64('reverse', '3x4x2', (x) => reverse(x, [0, 1])),
  f64('pad', '2x3', (x) => pad(x, 1, 2, 1)),
  f64('gather', '3x4x2', (x) => gather(x, indices([2, 0, 2, 3, 3]), 1), { of: 'repeated positions' }),
  f64('gather', '5x2', (x) => gather(x, constant({ shape: [2, 2], data: BigInt64Array.of(1n, 4n, 4n, 0n) }), 0), {
    of: 'rows of a table',
  }),

  exact('upsample', '2x2x3x2', (x) => upsample(x, 6, 6), { of: 'whole factors' }),
  exact('upsample', '1x2x3x4', (x) => upsample(x, 5, 7), { of: 'sizes that do not divide' }),
  exact('averagePool', '1x2x4x6', (x) => averagePool(x, [2, 3])),

  f64('relu', one, relu),
  f64('clip', one, (x) => clip(x, -1, 0.5)),
  f64('where', both, (a, b) => where(condition, a, b)),
  f64('where', '3x4 4', (a, b) => where(greater(a, b), mul(a, a), b), { of: 'a smaller branch' }),
  f64('boundary', one, (x) => mul(boundary(exp(x)), x)),
]
