import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TorchGenerator, torchRandn } from '../../../engine/tensor/torch-noise.ts'
import { torchRandnCase } from '../../reference/kinds/torch-randn.ts'

describe('torch noise', () => {
  it('is equal to what torch drew, to the bit', async () => {
    const { rows } = await torchRandnCase.check(join(import.meta.dirname, '../../reference/cases/torch-randn'))
    expect(rows.filter(({ error }) => error !== 0)).toEqual([])
    expect(rows).toHaveLength(20)
  })

  it('goes on with its stream in later calls', () => {
    const generator = new TorchGenerator(7)
    const parts = [generator.randn([32]), generator.randn([2, 16])].flatMap(({ data }) => [...data])
    expect(parts).toEqual([...torchRandn([64], 7).data])
  })

  it('keeps the second value of a short draw for the next call', () => {
    const generator = new TorchGenerator(7)
    const parts = [generator.randn([3]), generator.randn([3])].flatMap(({ data }) => [...data])
    expect(parts).toEqual([...torchRandn([6], 7).data])
  })

  it.each([
    ['beyond 32 bits', 2n ** 32n + 5n],
    ['below zero', 5n - 2n ** 32n],
    ['as a number', 5],
  ])('takes a seed %s by its lowest 32 bits, as torch does', (_, seed) => {
    expect(torchRandn([16], seed)).toEqual(torchRandn([16], 5n))
  })
})
