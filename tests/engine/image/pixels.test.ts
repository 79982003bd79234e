import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { flatten, fromMask, toMask, toPixels, toTensor } from '../../../engine/image/pixels.ts'

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')
const picture = (values: readonly number[]) => ({ shape: [1, 1, 1, values.length], data: Float32Array.from(values) })

it.each([
  // Both hashes are of NumPy's bytes for the same float32 values: ((x / 2 + 0.5).clamp(0, 1) * 255).round()
  [
    'halves between two bytes',
    255,
    (k: number) => ((k + 0.5) / 255) * 2 - 1,
    'be061a03866539eda2f7431b203bc2bc827f114a94146d10eed64361eb4e6c47',
  ],
  [
    'values beyond both ends',
    10007,
    (k: number) => (k / 10007) * 2.6 - 1.3,
    'bd343c932e13c79dc3a67b4e9aa9060c1b4da4ff525dd3ec9ad8284992a696ef',
  ],
])('rounds as diffusers does: %s', (_, count, value, expected) => {
  expect(sha256(toPixels(picture(Array.from({ length: count }, (_value, k) => value(k)))).data)).toBe(expected)
})

it('makes of bytes the float32 values that diffusers makes', () => {
  const grey = { width: 256, height: 1, channels: 1, data: Uint8Array.from({ length: 256 }, (_, i) => i) } as const
  const { shape, data } = toTensor(grey)
  expect(shape).toEqual([1, 3, 1, 256])
  const expected = 'd15e8ce72284446496a6de66e8a4795818530b44cd2c3dd415077364535c3c1a' // NumPy: 2 * (byte / 255) - 1
  for (const channel of [0, 1, 2]) {
    expect(sha256(new Uint8Array(data.slice(channel * 256, channel * 256 + 256).buffer))).toBe(expected)
  }
})

it('brings every byte of a picture back', () => {
  const data = Uint8Array.from({ length: 5 * 7 * 3 }, (_, i) => (i * 37) % 256)
  const rgb = { width: 7, height: 5, channels: 3, data } as const
  expect(toPixels(toTensor(rgb))).toEqual(rgb)
})

it('reads masks from grey, colour or alpha', () => {
  const mask = { shape: [1, 2], data: Float32Array.of(0, 1) }
  const one = { width: 2, height: 1 }
  expect(toMask({ ...one, channels: 1, data: Uint8Array.of(0, 255) })).toEqual(mask)
  expect(toMask({ ...one, channels: 3, data: Uint8Array.of(0, 0, 0, 255, 255, 255) })).toEqual(mask)
  expect(toMask({ ...one, channels: 4, data: Uint8Array.of(255, 255, 255, 0, 0, 0, 0, 255) })).toEqual(mask)
  expect(fromMask(mask)).toEqual({ ...one, channels: 1, data: Uint8Array.of(0, 255) })
})

it('puts transparent pixels on the background', () => {
  const data = Uint8Array.of(255, 0, 0, 255, 0, 0, 0, 0, 200, 100, 0, 51)
  const rgba = { width: 3, height: 1, channels: 4, data } as const
  expect([...flatten(rgba).data]).toEqual([255, 0, 0, 255, 255, 255, 244, 224, 204])
  expect([...flatten(rgba, [0, 0, 0]).data]).toEqual([255, 0, 0, 0, 0, 0, 40, 20, 0])
})

it.each([
  ['a tensor of two channels', () => toPixels({ shape: [1, 2, 1, 1], data: new Float32Array(2) }), 'shape-mismatch'],
  ['a number that is none', () => toPixels(picture([NaN])), 'numbers-not-finite'],
  ['too few bytes', () => toTensor({ width: 2, height: 2, channels: 3, data: new Uint8Array(11) }), 'shape-mismatch'],
  ['alpha', () => toTensor({ width: 1, height: 1, channels: 4, data: new Uint8Array(4) }), 'shape-mismatch'],
])('refuses %s', (_, act, code) => {
  expect(act).toThrow(expect.objectContaining({ code }) as Error)
})
