import { expect, it } from 'vitest'
import { psnr, ssim } from '../../../engine/image/compare.ts'
import type { RawPicture } from '../../../engine/contract/records.ts'

const waves = (phase: number, height: number, offset: number): RawPicture => {
  const [width, rows] = [31, 24]
  const data = Uint8Array.from({ length: width * rows * 3 }, (_, i) => {
    const [channel, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
    return (Math.sin(x / 5 + channel + phase) + Math.cos(y / 7)) * height + offset
  })
  return { width, height: rows, channels: 3, data }
}

it('gives the figures of an independent computation in float64', () => {
  const [a, b] = [waves(0, 60, 128), waves(0.3, 55, 130)]
  // NumPy and torch.nn.functional.conv2d on the same two pictures
  expect(psnr(a, b)).toBeCloseTo(25.625379457303524, 10)
  expect(ssim(a, b)).toBeCloseTo(0.9535513581854337, 10)
})

it('is perfect for equal pictures', () => {
  const a = waves(0, 60, 128)
  expect([psnr(a, a), ssim(a, a)]).toEqual([Infinity, 1])
})

it('refuses pictures that cannot be compared', () => {
  const a = waves(0, 60, 128)
  const small: RawPicture = { width: 4, height: 4, channels: 1, data: new Uint8Array(16) }
  for (const act of [() => psnr(a, small), () => ssim(a, small), () => ssim(small, small)]) {
    expect(act).toThrow(expect.objectContaining({ code: 'shape-mismatch' }) as Error)
  }
})
