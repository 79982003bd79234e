import { describe, expect, it } from 'vitest'
import * as ops from '../../../engine/graph/ops.ts'
import type { Value } from '../../../engine/graph/value.ts'

const { input } = ops
const x = (...shape: number[]): Value => input(`x${shape.join('x')}`, shape)

const fitting: readonly [name: string, value: () => Value, shape: readonly number[]][] = [
  ['add broadcasts', () => ops.add(x(2, 1, 4), x(3, 1)), [2, 3, 4]],
  ['linear', () => ops.linear(x(2, 7, 4), x(5, 4), x(5)), [2, 7, 5]],
  [
    'linear with the weight as it lies in a gradient',
    () => ops.linear(x(2, 7, 5), x(5, 4), undefined, { transposed: true }),
    [2, 7, 4],
  ],
  [
    'conv of stride 2 on an odd size',
    () => ops.conv(x(1, 3, 15, 18), x(8, 3, 3, 3), x(8), { stride: 2, pads: 1 }),
    [1, 8, 8, 9],
  ],
  [
    'conv with padding at the far edges only',
    () => ops.conv(x(1, 3, 16, 16), x(8, 3, 3, 3), x(8), { stride: 2, pads: [0, 0, 1, 1] }),
    [1, 8, 8, 8],
  ],
  [
    'convTranspose undoes its conv',
    () => ops.convTranspose(x(1, 8, 8, 9), x(8, 3, 3, 3), { stride: 2, pads: 1, outputPadding: [0, 1] }),
    [1, 3, 15, 18],
  ],
  ['attention', () => ops.attention(x(2, 9, 8), x(2, 4, 8), x(2, 4, 8), { heads: 2, label: 'attn' }), [2, 9, 8]],
  ['matmul with batches', () => ops.matmul(x(2, 1, 3, 4), x(5, 4, 6)), [2, 5, 3, 6]],
  ['reductions keep the axis', () => ops.reduceMean(x(2, 3, 4), [-1]), [2, 3, 1]],
  ['reshape with one side left open', () => ops.reshape(x(2, 3, 4), [6, -1]), [6, 4]],
  ['transpose', () => ops.transpose(x(2, 3, 4), [2, 0, 1]), [4, 2, 3]],
  ['concat', () => ops.concat([x(2, 3), x(2, 5)], -1), [2, 8]],
  ['slice', () => ops.slice(x(2, 8), 1, 3, 5), [2, 2]],
  ['gather', () => ops.gather(x(10, 4), input('ids', [2, 7], 'int64'), 0), [2, 7, 4]],
  ['upsample', () => ops.upsample(x(1, 2, 8, 9), 15, 18), [1, 2, 15, 18]],
  ['averagePool', () => ops.averagePool(x(1, 2, 8, 6), [2, 3]), [1, 2, 4, 2]],
]

const refused: readonly [name: string, value: () => Value, message: string][] = [
  ['add', () => ops.add(x(2, 3), x(2, 4)), 'add: shapes [2, 3] and [2, 4], expected shapes that broadcast'],
  ['linear', () => ops.linear(x(2, 4), x(5, 6)), 'linear: x of shape [2, 4] with weight [5, 6], expected last side 6'],
  [
    'conv',
    () => ops.conv(x(1, 3, 8, 8), x(8, 4, 3, 3)),
    'conv: weight of shape [8, 4, 3, 3] on 3 channels, expected [out, 3, kh, kw]',
  ],
  [
    'groupNorm',
    () => ops.groupNorm(x(1, 6, 2, 2), x(6), x(6), 4, 1e-5),
    'groupNorm: 6 channels in 4 groups, expected channels that the groups divide',
  ],
  [
    'attention',
    () => ops.attention(x(1, 4, 6), x(1, 4, 6), x(1, 4, 6), { heads: 4, label: 'mid.attn1' }),
    'mid.attn1 (attention): width 6 with 4 heads, expected a width that the heads divide',
  ],
  [
    'matmul',
    () => ops.matmul(x(2, 3), x(4, 5)),
    'matmul: shapes [2, 3] and [4, 5], expected [..., N, K] and [..., K, M]',
  ],
  ['reshape', () => ops.reshape(x(2, 3), [4, 2]), 'reshape: [2, 3] as [4, 2], expected the same number of elements'],
  ['slice', () => ops.slice(x(2, 3), 1, 2, 4), 'slice: 2 … 4 of 3, expected a range inside'],
  [
    'mixed dtypes',
    () => ops.add(x(2), input('ids', [2], 'int64')),
    'add: dtypes float32 and int64, expected the same dtype',
  ],
]

describe('shape inference', () => {
  it.each(fitting)('%s', (_, value, shape) => {
    expect(value().shape).toEqual(shape)
  })

  it.each(refused)('refuses %s that does not fit, saying where, what and what was expected', (_, value, message) => {
    expect(value).toThrow(message)
  })
})
