import { describe, expect, it } from 'vitest'
import { changeMaskSchema, type RawPicture } from '../../../engine/contract/records.ts'
import { changeArea } from '../../../engine/methods/change-area.ts'

/** A mask of one row: 0 black … 9 white. */
const row = (text: string): RawPicture => ({
  width: text.length,
  height: 1,
  channels: 1,
  data: Uint8Array.from(text, (digit) => Math.round((Number(digit) / 9) * 255)),
})
const mask = (change: object = {}) => changeMaskSchema.parse({ file: 'mask', ...change })
const rounded = (values: Float32Array): number[] => Array.from(values, (value) => Math.round(value * 100) / 100)

describe('changeArea', () => {
  const size = { width: 8, height: 1 }

  it.each([
    ['a hard edge at feather 0', mask({ feather: 0 }), [0, 0, 1, 1, 1, 1, 1, 0]],
    ['a soft edge inside', mask({ feather: 2 }), [0, 0, 0.33, 0.67, 1, 0.67, 0.33, 0]],
    ['half the change at half the opacity', mask({ feather: 0, opacity: 0.5 }), [0, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0]],
  ])('has %s, and nothing outside', (_, one, share) => {
    const area = changeArea([one], [row('00999990')], size)
    expect(rounded(area.share.data)).toEqual(share)
    expect(rounded(area.coverage.data)).toEqual([0, 0, 1, 1, 1, 1, 1, 0])
  })

  it('has no soft edge at the border of the picture, where nothing lies outside', () => {
    const { share } = changeArea([mask({ feather: 3 })], [row('99990000')], size)
    expect(rounded(share.data)).toEqual([1, 0.75, 0.5, 0.25, 0, 0, 0, 0])
  })

  it('lets a pixel change that one of several masks covers', () => {
    const masks = [mask({ feather: 0 }), mask({ feather: 0, opacity: 0.25 })]
    const { coverage, share } = changeArea(masks, [row('99000000'), row('09990000')], size)
    expect(rounded(coverage.data)).toEqual([1, 1, 1, 1, 0, 0, 0, 0])
    expect(rounded(share.data)).toEqual([1, 1, 0.25, 0.25, 0, 0, 0, 0])
  })

  it('averages a mask that is finer than the picture', () => {
    const { coverage } = changeArea([mask()], [row('0000999900000009')], size)
    expect(rounded(coverage.data)).toEqual([0, 0, 1, 1, 0, 0, 0, 0.5])
  })

  it.each([
    ['nothing painted', [row('00000000')], /nothing painted/],
    ['no pixels', [], /no pixels/],
  ])('refuses %s', (_, pictures, message) => {
    expect(() => changeArea([mask()], pictures, size)).toThrow(message)
  })
})
