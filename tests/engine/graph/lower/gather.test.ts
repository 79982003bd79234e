import { describe, expect, it } from 'vitest'
import { makeGraph, topologicalOrder } from '../../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../../engine/graph/lower/lower.ts'
import type { LoweringTarget } from '../../../../engine/graph/lower/lowering.ts'
import { gather, input } from '../../../../engine/graph/ops.ts'
import { readParams } from '../../../../engine/graph/params.ts'
import { verifyGraph } from '../../../../engine/graph/verify-graph.ts'

/** A table of words in half precision, as it lies in a file. */
const view = { key: 'table.weight', file: '/a.safetensors', byteOffset: 0, byteLength: 800, shape: [100, 4], dtype: 'float16' } as const // prettier-ignore
const table = readParams('text', new Map([[view.key, view]]), [])
  .params.at('table')
  .weight([100, 4])
const graph = makeGraph('lookup', { y: gather(table, input('ids', [7], 'int64'), 0) })

const computed = (target: LoweringTarget): readonly unknown[] => {
  const lowered = lower(target)(graph)
  verifyGraph(lowered)
  return topologicalOrder([...lowered.outputs.values()])
    .filter(({ inputs }) => inputs.length > 0)
    .map(({ op, dtype, shape }) => [op, dtype, shape])
}

describe('rows of a table in half precision', () => {
  it('are looked up before they are converted where the table stays in its file', () => {
    expect(computed({ ...cpuTarget, foldsWeights: false })).toEqual([
      ['gather', 'float16', [7, 4]],
      ['cast', 'float32', [7, 4]],
    ])
  })

  it.each<[string, LoweringTarget]>([
    ['where it is converted once, on loading', cpuTarget],
    ['on a device that may not know half precision', { device: 'webgpu', fusedAttention: false }],
  ])('are looked up in the converted table %s', (_, target) => {
    expect(computed(target)).toEqual([
      ['cast', 'float32', [100, 4]],
      ['gather', 'float32', [7, 4]],
    ])
  })
})
