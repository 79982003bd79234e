import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { traceEdges } from '../../../renderer/canvas/contour.ts'
import { decodeGreyPng, encodeGreyPng } from '../../../renderer/canvas/grey-png.ts'

const noise = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height }, (_, i) => (i * i * 31 + i) % 256),
})

describe('grey PNG', () => {
  it('gives back what it wrote', async () => {
    const picture = noise(57, 23)
    expect(await decodeGreyPng(await encodeGreyPng(picture))).toEqual(picture)
  })

  it('writes what other programs read', async () => {
    const picture = noise(40, 31)
    const { data, info } = await sharp(await encodeGreyPng(picture))
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ width: 40, height: 31 })
    const grey = Uint8Array.from({ length: 40 * 31 }, (_, i) => data[i * info.channels] ?? 0)
    expect(grey).toEqual(picture.data)
  })

  it('reads what other programs write, with every row filter', async () => {
    const picture = noise(64, 64)
    const bytes = await sharp(picture.data, { raw: { width: 64, height: 64, channels: 1 } })
      .toColourspace('b-w')
      .png({ adaptiveFiltering: true })
      .toBuffer()
    expect(await decodeGreyPng(bytes)).toEqual(picture)
  })

  it('refuses damaged files with an error, never with wrong pixels', async () => {
    const good = await encodeGreyPng(noise(16, 16))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: good.length - 13 }), async (length) => {
        await expect(decodeGreyPng(good.slice(0, length))).rejects.toThrow()
      }),
      { numRuns: 30 },
    )
  })
})

describe('contour', () => {
  it('goes round a disc at half coverage', () => {
    const radius = 20
    const sample = (x: number, y: number): number =>
      Math.min(255, Math.max(0, 127.5 + (radius - Math.hypot(x - 32, y - 32)) * 60))
    const pieces = traceEdges(sample, 0, 0, 64, 64, 1)
    let length = 0
    for (let i = 0; i + 3 < pieces.length; i += 4) {
      const [x1, y1, x2, y2] = pieces.slice(i, i + 4) as [number, number, number, number]
      length += Math.hypot(x2 - x1, y2 - y1)
      expect(Math.abs(Math.hypot(x1 - 32.5, y1 - 32.5) - radius)).toBeLessThan(0.1) // linear along a cell's side
    }
    expect(Math.abs(length / (2 * Math.PI * radius) - 1)).toBeLessThan(0.01)
  })

  it('has nothing to say about an even field', () => {
    expect(traceEdges(() => 255, 0, 0, 32, 32, 1)).toEqual([])
  })
})
