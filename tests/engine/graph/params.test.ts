import { describe, expect, it } from 'vitest'
import { readParams, refuseUnread } from '../../../engine/graph/params.ts'
import { isOp } from '../../../engine/graph/value.ts'
import type { WeightTable, WeightView } from '../../../engine/tensor/weight-view.ts'

const view = (key: string, shape: readonly number[], more: Partial<WeightView> = {}): [string, WeightView] => [
  key,
  { key, file: '/models/a.safetensors', byteOffset: 100, byteLength: 4, shape, dtype: 'float32', ...more },
]
const table = (...views: [string, WeightView][]): WeightTable => new Map(views)

describe('params', () => {
  it('makes the initializer of exactly the key that was walked to', () => {
    const { params } = readParams('unet', table(view('a.0.weight', [2, 3])))
    const weight = params.at('a').at(0).weight([2, 3])
    expect(isOp(weight, 'initializer') && weight.attributes.view.key).toBe('a.0.weight')
  })

  it('reads half floats through a cast to float32', () => {
    const { params } = readParams('unet', table(view('a.weight', [2], { dtype: 'float16' })))
    const weight = params.at('a').weight([2])
    expect([weight.op, weight.dtype, weight.inputs[0]?.dtype]).toEqual(['cast', 'float32', 'float16'])
  })

  it('reads a transposed matrix through a transpose', () => {
    const { params } = readParams('unet', table(view('a.weight', [2, 3], { transposed: true })))
    expect(params.at('a').weight([3, 2]).shape).toEqual([3, 2])
  })

  it('finds a weight under an alias', () => {
    const aliases = [{ storedKey: (key: string) => key.replace('to_q', 'query') }]
    const reader = readParams('vae', table(view('a.query.weight', [4])), aliases)
    expect(reader.params.at('a.to_q').weight([4]).shape).toEqual([4])
    expect(reader.unread()).toEqual([])
  })

  it('says which weight is missing and what stands beside it', () => {
    const { params } = readParams('unet', table(view('mid.a.weight', [1])))
    expect(() => params.at('mid.b').weight([1])).toThrow(
      'unet: no weight "mid.b.weight" among 1, expected it beside "mid.a.weight"',
    )
  })

  it('says which shape a weight has, which was expected and which setting expects it', () => {
    const { params } = readParams('unet', table(view('proj_in.weight', [8, 8])))
    expect(() =>
      params.at('proj_in').weight([8, 8, 1, 1], { because: 'config.use_linear_projection is false' }),
    ).toThrow(
      'unet: weight "proj_in.weight" has shape [8, 8], expected [8, 8, 1, 1] because config.use_linear_projection is false. Check the configuration of unet.',
    )
  })

  it('refuses weights that nothing asked for, naming the first five and the count', () => {
    const reader = readParams('unet', table(...Array.from({ length: 7 }, (_, i) => view(`extra.${i}`, [1]))))
    expect(() => {
      refuseUnread('unet', reader, [/\.6$/])
    }).toThrow('unet: 6 weights that this network does not use: extra.0, extra.1, extra.2, extra.3, extra.4, …')
  })
})
