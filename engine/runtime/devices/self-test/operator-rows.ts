import * as ops from '../../../graph/ops.ts'
import type { Value } from '../../../graph/value.ts'
import type { Pads } from '../../../graph/op-specs.ts'
import { row, type SelfTestRow } from './row.ts'

// The operators that networks, their gradients and losses are made of, in the sizes of SD 1.5 and XL where these decide
// which kernel runs (channels, heads, widths), and on small maps, since the whole table has to be done in seconds.

interface ConvCase {
  readonly from: number
  readonly to: number
  readonly side: number
  readonly kernel?: 1 | 3
  readonly stride?: 1 | 2
  readonly pads?: number | Pads
}

const convCases: readonly ConvCase[] = [
  { from: 4, to: 320, side: 16 },
  { from: 9, to: 320, side: 16 },
  { from: 8, to: 64, side: 16 },
  { from: 3, to: 128, side: 24 },
  { from: 320, to: 4, side: 16 },
  { from: 64, to: 3, side: 24 },
  { from: 320, to: 320, side: 8 },
  { from: 96, to: 64, side: 15 },
  { from: 320, to: 640, side: 8, kernel: 1, pads: 0 },
  { from: 128, to: 128, side: 16, stride: 2 },
  { from: 128, to: 128, side: 16, stride: 2, pads: [0, 0, 1, 1] },
]

const convRows = convCases.map(({ from, to, side, kernel = 3, stride = 1, pads = 1 }) =>
  row(
    `conv ${kernel} x ${kernel}, ${from} → ${to}, ${side} x ${side}, stride ${stride}${Array.isArray(pads) ? ' aside' : ''}`,
    ({ given, weight }) =>
      ops.conv(given([1, from, side, side]), weight([to, from, kernel, kernel]), weight([to]), { stride, pads }),
  ),
)

const gradientConvRows: readonly SelfTestRow[] = [
  row('conv by a turned weight', ({ given, weight }) =>
    ops.conv(
      given([1, 64, 12, 12]),
      ops.reverse(ops.transpose(weight([64, 32, 3, 3]), [1, 0, 2, 3]), [2, 3]),
      undefined,
      {
        pads: 1,
      },
    ),
  ),
  row('convTranspose, stride 2', ({ given, weight }) =>
    ops.convTranspose(given([1, 64, 8, 8]), weight([64, 32, 3, 3]), { stride: 2, pads: 1, outputPadding: [1, 1] }),
  ),
]

const linearRows = [
  { rows: 1, from: 320, to: 1280 },
  { rows: 77, from: 768, to: 320 },
  { rows: 64, from: 320, to: 2560 },
  { rows: 64, from: 1280, to: 320 },
  { rows: 48, from: 192, to: 8 },
].map(({ rows, from, to }) =>
  row(`linear ${from} → ${to}, ${rows} rows`, ({ given, weight }) =>
    ops.linear(given([1, rows, from]), weight([to, from]), weight([to])),
  ),
)

const matmulRows = [
  { what: 'scores of 8 heads of 40', a: [1, 8, 64, 40], b: [1, 8, 40, 77] },
  { what: 'values of 8 heads of 40', a: [1, 8, 64, 77], b: [1, 8, 77, 40] },
  { what: 'scores of one head of 512', a: [1, 1, 64, 512], b: [1, 1, 512, 64] },
  { what: 'of odd sides', a: [2, 3, 5, 7], b: [2, 3, 7, 9] },
].map(({ what, a, b }) => row(`matmul ${what}`, ({ given }) => ops.matmul(given(a), given(b))))

const normRows: readonly SelfTestRow[] = [
  ...[
    { shape: [1, 320, 16, 16], groups: 32 },
    { shape: [2, 64, 9, 7], groups: 16 },
    { shape: [1, 128, 32, 32], groups: 32 },
  ].map(({ shape, groups }) =>
    row(
      `groupNorm ${groups} of ${shape.join(' x ')}`,
      ({ given, weight }) => {
        const [, channels = 1] = shape
        return ops.groupNorm(given(shape, 3), weight([channels]), weight([channels]), groups, 1e-5)
      },
      'groupNorm',
    ),
  ),
  ...[192, 320, 768, 1280].map((width) =>
    row(
      `layerNorm ${width}`,
      ({ given, weight }) => ops.layerNorm(given([1, 77, width], 3), weight([width]), weight([width]), 1e-5),
      'layerNorm',
    ),
  ),
  ...[77, 256, 1024].map((width) =>
    row(`softmax of ${width}, large values`, ({ given }) => ops.softmax(given([1, 2, 16, width], 30), -1)),
  ),
]

const activationRows: readonly SelfTestRow[] = [
  row('silu', ({ given }) => ops.silu(given([1, 320, 16, 16], 8)), 'scaledSigmoid'),
  row('quickGelu', ({ given }) => ops.quickGelu(given([1, 77, 768], 8)), 'scaledSigmoid'),
  row('gelu', ({ given }) => ops.gelu(given([1, 64, 1280], 8)), 'gelu'),
  ...([ops.sigmoid, ops.tanh, ops.relu, ops.erf, ops.exp, ops.neg] as const).map((op) =>
    row(op.name, ({ given }) => op(given([1, 77, 320], 4))),
  ),
  ...([ops.log, ops.sqrt] as const).map((op) =>
    row(op.name, ({ given }) => op(ops.add(given([1, 77, 320]), ops.scalar(1.01)))),
  ),
  ...([ops.sin, ops.cos] as const).map((op) =>
    row(`${op.name} of timesteps`, ({ given }) => op(given([6, 160], 1000))),
  ),
]

const elementRows: readonly SelfTestRow[] = [
  ...([ops.add, ops.sub, ops.mul] as const).flatMap((op) =>
    [[1, 320, 1, 1], [320, 8, 8], []].map((shape) =>
      row(`${op.name}, [1, 320, 8, 8] with [${shape.join(', ')}]`, ({ given }) =>
        op(given([1, 320, 8, 8]), given(shape)),
      ),
    ),
  ),
  row('div', ({ given }) => ops.div(given([1, 64, 77]), ops.add(given([1, 64, 1]), ops.scalar(2)))),
  row('clip', ({ given }) => ops.clip(given([1, 64, 77]), -0.5, 0.25)),
  row('where a is greater', ({ given }) => {
    const [a, b] = [given([1, 64, 77]), given([1, 64, 77])]
    return ops.where(ops.greater(a, b), a, ops.neg(b))
  }),
  row('equal as numbers', ({ given }) => {
    const x = given([1, 64, 77])
    return ops.cast(ops.equal(x, ops.reduceMax(x, [2])), 'float32')
  }),
]

const reductionRows = ([ops.reduceSum, ops.reduceMean, ops.reduceMax] as const).flatMap((op) =>
  [[1], [2, 3], [0, 1, 2, 3], [-1]].map((axes) =>
    row(`${op.name} over ${axes.join(', ')}`, ({ given }) => op(given([2, 33, 8, 9]), axes)),
  ),
)

const shapeRows: readonly SelfTestRow[] = [
  ...[
    [0, 2, 1, 3],
    [0, 2, 3, 1],
    [0, 3, 1, 2],
    [1, 0, 3, 2],
  ].map((order) => row(`transpose ${order.join(', ')}`, ({ given }) => ops.transpose(given([2, 16, 12, 40]), order))),
  ...[1, 2, 3].map((axis) => row(`slice axis ${axis}`, ({ given }) => ops.slice(given([1, 16, 12, 40]), axis, 3, 9))),
  ...[1, 2, 3].map((axis) => row(`pad axis ${axis}`, ({ given }) => ops.pad(given([1, 16, 12, 10]), axis, 1, 2))),
  ...[1, 3].map((axis) =>
    row(`concat axis ${axis}`, ({ given }) => ops.concat([given([1, 16, 12, 10]), given([1, 16, 12, 10])], axis)),
  ),
  row('expand', ({ given }) => ops.expand(given([1, 16, 1, 10]), [1, 16, 12, 10])),
  row('reverse', ({ given }) => ops.reverse(given([1, 16, 12, 10]), [2, 3])),
  row('upsample to twice the size', ({ given }) => ops.upsample(given([1, 64, 8, 8]), 16, 16)),
  row('upsample to an odd size', ({ given }) => ops.upsample(given([1, 64, 8, 8]), 15, 13)),
  row('averagePool', ({ given }) => ops.averagePool(given([1, 64, 8, 8]), [2, 2])),
  row('gather of an embedding', ({ weight, ids }) => ops.gather(weight([1078, 192]), ids([77], 1078), 0)),
]

interface AttentionCase {
  readonly queries: number
  readonly keys: number
  readonly heads: number
  readonly head: number
  readonly isBiased?: boolean
}

const attentionCases: readonly AttentionCase[] = [
  { queries: 256, keys: 256, heads: 8, head: 40 },
  { queries: 256, keys: 77, heads: 8, head: 40 },
  { queries: 64, keys: 64, heads: 8, head: 80 },
  { queries: 64, keys: 77, heads: 10, head: 64 },
  { queries: 64, keys: 77, heads: 8, head: 160 },
  { queries: 64, keys: 64, heads: 1, head: 512 },
  { queries: 77, keys: 77, heads: 12, head: 64, isBiased: true },
  { queries: 48, keys: 48, heads: 4, head: 48, isBiased: true },
  { queries: 16, keys: 16, heads: 2, head: 32 },
  { queries: 1, keys: 48, heads: 4, head: 32 },
]

const attentionRow = ({ queries, keys, heads, head, isBiased = false }: AttentionCase): SelfTestRow =>
  row(
    `attention ${queries} x ${keys}, ${heads} heads of ${head}${isBiased ? ', biased' : ''}`,
    ({ given }) => {
      const width = heads * head
      const [query, key, value]: readonly Value[] = [queries, keys, keys].map((count) => given([1, count, width], 2))
      if (query === undefined || key === undefined || value === undefined) throw new RangeError('three inputs')
      const bias = isBiased ? { bias: given([1, 1, queries, keys], 4) } : {}
      return ops.attention(query, key, value, { heads, label: 'attention', ...bias })
    },
    'attention',
  )

/** Attention in the widths of every family's layers: checked written out, then fused. */
export const attentionRows: readonly SelfTestRow[] = attentionCases.map(attentionRow)

/** Every other operator; the first says whether the device can be used at all. */
export const operatorRows: readonly SelfTestRow[] = [
  ...elementRows,
  ...convRows,
  ...gradientConvRows,
  ...linearRows,
  ...matmulRows,
  ...normRows,
  ...activationRows,
  ...reductionRows,
  ...shapeRows,
]
