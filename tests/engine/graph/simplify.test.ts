import { describe, expect, it } from 'vitest'
import { makeGraph } from '../../../engine/graph/graph.ts'
import { add, constant, div, input, mul, neg, reshape, scalar, sub, transpose } from '../../../engine/graph/ops.ts'
import { printGraph } from '../../../engine/graph/print-graph.ts'
import { simplify } from '../../../engine/graph/simplify.ts'
import type { Value } from '../../../engine/graph/value.ts'
import { scattered } from './small-graphs.ts'

const x = input('x', [2, 3, 4])

const cases: readonly [name: string, before: Value, after: Value][] = [
  ['joins reshapes', reshape(reshape(x, [6, 4]), [24]), reshape(x, [24])],
  ['drops a reshape to the same shape', reshape(reshape(x, [6, 4]), [2, 3, 4]), x],
  ['joins transposes', transpose(transpose(x, [1, 0, 2]), [2, 1, 0]), transpose(x, [2, 0, 1])],
  ['drops transposes that undo each other', transpose(transpose(x, [1, 2, 0]), [2, 0, 1]), x],
  ['drops adding 0 and multiplying by 1', mul(add(x, scalar(0)), scalar(1)), x],
  ['drops 0 and 1 from the left', mul(scalar(1), add(scalar(0), x)), x],
  ['keeps 0 − x', sub(scalar(0), x), sub(scalar(0), x)],
  ['drops dividing by 1 but not 1 divided', div(div(x, scalar(1)), x), div(x, x)],
  ['folds scalars', mul(x, add(scalar(2), scalar(3))), mul(x, scalar(5))],
  [
    'keeps adding 0 where it broadcasts',
    add(input('y', [1]), constant(scattered([3]))),
    add(input('y', [1]), constant(scattered([3]))),
  ],
]

describe('simplify', () => {
  it.each(cases)('%s', (_, before, after) => {
    expect(printGraph(simplify(makeGraph('g', { out: before })))).toBe(printGraph(makeGraph('g', { out: after })))
  })

  it('merges equal values', () => {
    const graph = simplify(makeGraph('g', { out: add(neg(x), neg(x)) }))
    const [a, b] = graph.outputs.get('out')?.inputs ?? []
    expect(a).toBe(b)
  })

  it('does not merge values with different labels, under which transforms find them', () => {
    const large = [constant(scattered([100], 1)), constant(scattered([100], 2))] as const
    const graph = simplify(makeGraph('g', { out: add(...large) }))
    const [a, b] = graph.outputs.get('out')?.inputs ?? []
    expect(a).not.toBe(b)
  })
})
