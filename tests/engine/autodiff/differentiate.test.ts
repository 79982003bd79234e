import { describe, expect, it } from 'vitest'
import { differentiate, type DifferentiateOptions } from '../../../engine/autodiff/differentiate.ts'
import { applyTransforms, makeGraph, topologicalOrder, type Graph } from '../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import { cast, constant, conv, exp, gather, greater, input, linear, matmul, mul, reduceSum, reshape, scalar, silu, stopGradient, where } from '../../../engine/graph/ops.ts' // prettier-ignore
import { simplify } from '../../../engine/graph/simplify.ts'
import type { Value } from '../../../engine/graph/value.ts'
import { runOnce, scattered } from '../graph/small-graphs.ts'

const x = input('x', [2, 3])
const y = input('y', [2, 3])
const total = (value: Value): Value => reshape(reduceSum(value, [...value.shape.keys()]), [])
const countOf = (graph: Graph, op: Value['op']): number =>
  topologicalOrder([...graph.outputs.values()]).filter((value) => value.op === op).length

describe('differentiate', () => {
  it('gives the loss, what is kept and the gradients of the wanted inputs, and nothing else', () => {
    const graph = makeGraph('g', { loss: total(mul(x, y)), product: mul(x, y), other: exp(x) })
    const result = differentiate({ loss: 'loss', withRespectTo: ['x'], keep: ['product'] })(graph)
    expect([...result.outputs.keys()]).toEqual(['loss', 'product', 'grad.x'])
    expect(countOf(result, 'exp')).toBe(0)
  })

  it('makes no gradient for weights and inputs that are not wanted', () => {
    const weight = constant(scattered([4, 3]))
    const graph = makeGraph('g', { loss: total(linear(mul(x, y), weight)) })
    const result = simplify(differentiate({ loss: 'loss', withRespectTo: ['x'] })(graph))
    // Forward and back once each; the weight's own gradient would be a product of matrices.
    expect([countOf(result, 'linear'), countOf(result, 'mul'), countOf(result, 'matmul')]).toEqual([2, 2, 0])
  })

  it('reads the weights of the network again, transposed convolutions only above stride 1', () => {
    const weight = constant(scattered([3, 3]))
    const graph = makeGraph('g', { loss: total(linear(linear(x, weight), weight)) })
    const result = differentiate({ loss: 'loss', withRespectTo: ['x'] })(graph)
    const read = topologicalOrder([...result.outputs.values()]).flatMap((value) =>
      value.op === 'linear' ? [value.inputs[1]] : [],
    )
    expect(read).toEqual([weight, weight, weight, weight])
    const picture = input('picture', [1, 2, 8, 8])
    const kernel = constant(scattered([2, 2, 3, 3]))
    const opsAt = (stride: number): number[] => {
      const loss = total(conv(picture, kernel, undefined, { stride, pads: [1, 1, 1, 1] }))
      const backward = differentiate({ loss: 'loss', withRespectTo: ['picture'] })(makeGraph('g', { loss }))
      return [countOf(backward, 'conv'), countOf(backward, 'convTranspose')]
    }
    // One forward, one back.
    expect([opsAt(1), opsAt(2)]).toEqual([
      [2, 0],
      [1, 1],
    ])
  })

  it('drops what comes after the last value that the loss needs', () => {
    const middle = silu(x)
    const graph = makeGraph('g', { loss: total(mul(middle, y)), prediction: exp(exp(middle)) })
    const result = differentiate({ loss: 'loss', withRespectTo: ['x'] })(graph)
    expect([countOf(result, 'exp'), result.outputs.has('prediction')]).toEqual([0, false])
  })

  it('adds up what reaches an input by several ways', async () => {
    const loss = total(mul(mul(x, x), x))
    const graph = differentiate({ loss: 'loss', withRespectTo: ['x'] })(makeGraph('g', { loss }))
    const feeds = { x: { shape: [2, 3], data: Float32Array.of(1, 2, -3, 0, 0.5, -1) } }
    expect((await runOnce(graph, feeds))['grad.x']?.data).toEqual(Float32Array.of(3, 12, 27, 0, 0.75, 3))
  })

  it('differentiates a gradient once more', async () => {
    const first = differentiate({ loss: 'loss', withRespectTo: ['x'] })(makeGraph('g', { loss: total(exp(mul(x, x))) }))
    const slope = first.outputs.get('grad.x') ?? x
    const second = differentiate({ loss: 'loss', withRespectTo: ['x'] })(makeGraph('g', { loss: total(slope) }))
    const at = [0, 0.5, -1, 1, 0.25, -0.5]
    const { 'grad.x': found } = await runOnce(second, { x: { shape: [2, 3], data: Float32Array.from(at) } })
    const exact = at.map((point) => (2 + 4 * point * point) * Math.exp(point * point))
    for (const [i, value] of exact.entries()) expect(found?.data[i]).toBeCloseTo(value, 4)
  })

  const lowered = applyTransforms(makeGraph('g', { loss: total(silu(x)) }), lower(cpuTarget))
  const rows = input('rows', [2], 'int64')
  const unreachable: readonly [what: string, loss: Value][] = [
    ['is stopped', total(mul(stopGradient(x), y))],
    ['ends in a comparison', total(where(greater(x, scalar(0)), y, mul(y, y)))],
    ['is not there', total(y)],
    ['ends in whole numbers', total(mul(cast(cast(x, 'int32'), 'float32'), y))],
  ]

  it.each(unreachable)('refuses an input whose way to the loss %s', (_, loss) => {
    const graph = makeGraph('g', { loss, x })
    expect(() => differentiate({ loss: 'loss', withRespectTo: ['x'] })(graph)).toThrow(
      'differentiating graph g: no gradient from the loss to input "x", expected a loss that depends on it smoothly.',
    )
  })

  const wrong: readonly [what: string, graph: Graph, options: DifferentiateOptions, message: RegExp][] = [
    ['an unknown loss', makeGraph('g', { y: exp(x) }), { loss: 'loss', withRespectTo: ['x'] }, /no "loss" among y/],
    ['an unknown input', makeGraph('g', { loss: total(x) }), { loss: 'loss', withRespectTo: ['z'] }, /no "z" among x/],
    ['an unknown kept output', makeGraph('g', { loss: total(x) }), { loss: 'loss', withRespectTo: ['x'], keep: ['z'] }, /no "z" among loss/], // prettier-ignore
    [
      'a loss of several numbers',
      makeGraph('g', { loss: x }),
      { loss: 'loss', withRespectTo: ['x'] },
      /float32\[2, 3\]/,
    ],
    [
      'a whole number',
      makeGraph('g', { loss: cast(total(x), 'int32') }),
      { loss: 'loss', withRespectTo: ['x'] },
      /int32/,
    ],
    ['a lowered graph', lowered, { loss: 'loss', withRespectTo: ['x'] }, /the kernel scaledSigmoid, expected a graph that was not lowered/], // prettier-ignore
    ['positions as what is wanted', makeGraph('g', { loss: total(gather(matmul(x, constant(scattered([3, 2]))), rows, 0)) }), { loss: 'loss', withRespectTo: ['rows'] }, /to input "rows"/], // prettier-ignore
  ]

  it.each(wrong)('refuses %s', (_, graph, options, message) => {
    expect(() => differentiate(options)(graph)).toThrow(message)
  })
})
