import { describe, expect, it } from 'vitest'
import { makeGraph } from '../../../engine/graph/graph.ts'
import { exp, input, linear, neg } from '../../../engine/graph/ops.ts'
import { printGraph } from '../../../engine/graph/print-graph.ts'
import { replaceInputs } from '../../../engine/graph/replace-inputs.ts'

const x = input('x', [2, 3])
const graph = makeGraph('g', { y: linear(neg(x), input('weight', [4, 3])) })

describe('replaceInputs', () => {
  it('feeds an input from the values of another graph', () => {
    const z = input('z', [2, 3])
    const joined = replaceInputs({ x: exp(z) })(graph)
    const direct = makeGraph('g', { y: linear(neg(exp(z)), input('weight', [4, 3])) })
    expect(printGraph(joined)).toBe(printGraph(direct))
  })

  it('refuses a name that is no input, and a value that does not fit', () => {
    expect(() => replaceInputs({ z: x })(graph)).toThrow('inputs of g: "z", expected x, weight.')
    expect(() => replaceInputs({ x: input('z', [2, 5]) })(graph)).toThrow('x of shape [2, 5] with weight [4, 3]')
  })
})
