import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { resize } from '../../../engine/image/resize.ts'
import type { ResizeMode } from '../../../engine/image/resize.ts'

interface Recorded {
  readonly mode: ResizeMode
  readonly input: { readonly shape: number[]; readonly data: number[] }
  readonly output: { readonly shape: number[]; readonly data: number[] }
}

/** Recorded from torch.nn.functional.interpolate (torch 2.15); 'area' at whole ratios, where it means the same. */
const recorded = JSON.parse(readFileSync(new URL('resize-torch.json', import.meta.url), 'utf8')) as Recorded[]

describe('resize', () => {
  it.each(
    recorded.map((one) => ({ ...one, name: [one.mode, ...one.input.shape, 'to', ...one.output.shape].join(' ') })),
  )('gives what torch gives: $name', ({ mode, input, output }) => {
    const [height = 0, width = 0] = output.shape.slice(1)
    const result = resize({ shape: input.shape, data: Float32Array.from(input.data) }, { height, width }, mode)
    expect(result.shape).toEqual(output.shape)
    const worst = Math.max(...output.data.map((value, i) => Math.abs(value - (result.data[i] ?? NaN))))
    expect(worst / Math.max(...output.data.map(Math.abs))).toBeLessThan(1e-6) // torch adds in float32
  })

  it.each([
    ['nearest', '61267e78cf95bbd76bbb2d5f47f9b1f7873821be03c96dc95240506a98ea9933'],
    ['nearest-exact', 'b831d4d216ad0b8f68c9391a6647e55301c4c0d285b9751e45d70b8936f3851f'],
  ] as const)('picks the same pixels as torch for every pair of lengths below 130: %s', (mode, expected) => {
    const hash = createHash('sha256')
    for (let from = 1; from < 130; from++) {
      const line = { shape: [1, from], data: Float32Array.from({ length: from }, (_, i) => i) }
      for (let to = 1; to < 130; to++) hash.update(Uint8Array.from(resize(line, { height: 1, width: to }, mode).data))
    }
    expect(hash.digest('hex')).toBe(expected)
  })

  it('averages fractions of pixels and keeps the mean at any ratio', () => {
    const line = { shape: [1, 3], data: Float32Array.of(0, 1, 0) }
    expect([...resize(line, { height: 1, width: 2 }, 'area').data]).toEqual([1 / 3, 1 / 3].map(Math.fround))
    const random = { shape: [7, 5], data: Float32Array.from({ length: 35 }, (_, i) => ((i * 31) % 17) / 17) }
    const mean = (data: Float32Array): number => data.reduce((sum, value) => sum + value, 0) / data.length
    for (const size of [
      { height: 3, width: 4 },
      { height: 11, width: 13 },
      { height: 1, width: 1 },
    ]) {
      expect(mean(resize(random, size, 'area').data)).toBeCloseTo(mean(random.data), 6) // float32 results
    }
  })

  it('refuses a side that is no length', () => {
    const one = { shape: [1, 1], data: new Float32Array(1) }
    for (const height of [0, -1, 1.5, NaN]) {
      expect(() => resize(one, { height, width: 1 }, 'area')).toThrow(
        expect.objectContaining({ code: 'bad-argument' }) as Error,
      )
    }
  })
})
