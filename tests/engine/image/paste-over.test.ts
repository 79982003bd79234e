import { describe, expect, it } from 'vitest'
import type { RawPicture } from '../../../engine/contract/records.ts'
import { pasteOver } from '../../../engine/image/paste-over.ts'

const picture = (...bytes: number[]): RawPicture => ({
  width: bytes.length / 3,
  height: 1,
  channels: 3,
  data: Uint8Array.from(bytes),
})

describe('pasteOver', () => {
  it('keeps the bytes below at 0, those above at 1, and mixes between', () => {
    const below = picture(1, 2, 3, 10, 20, 30, 0, 0, 255)
    const above = picture(200, 201, 202, 110, 120, 130, 255, 1, 0)
    const shares = { shape: [1, 3], data: Float32Array.of(0, 1, 0.5) }
    expect(pasteOver(below, above, shares)).toEqual(picture(1, 2, 3, 110, 120, 130, 128, 1, 128))
  })

  it.each([
    ['another size', picture(1, 2, 3, 4, 5, 6), [1, 1]],
    ['other shares', picture(1, 2, 3), [1, 2]],
  ])('refuses %s', (_, above, shape) => {
    const shares = { shape, data: new Float32Array((shape[0] ?? 0) * (shape[1] ?? 0)) }
    expect(() => pasteOver(picture(1, 2, 3), above, shares)).toThrow(/pasteOver/)
  })
})
