import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fillPolygon, fillRect, invertMask, subtractMask } from '../../../renderer/canvas/fill-shape.ts'
import { floodFill } from '../../../renderer/canvas/flood-fill.ts'
import { snapRect, snapSize } from '../../../renderer/canvas/snap.ts'
import { resizeMask, transformMask } from '../../../renderer/canvas/resample-mask.ts'
import {
  coverageAt,
  emptyMask,
  fromDense,
  maskBounds,
  paintedPixels,
  toDense,
} from '../../../renderer/canvas/tile-mask.ts'

describe('shapes', () => {
  it('fills exactly the pixels of a rectangle on whole numbers', () => {
    const mask = fillRect(emptyMask(600, 600), { x: 250, y: 10, width: 20, height: 30 }, 'add')
    expect(paintedPixels(mask)).toBe(600)
    expect(maskBounds(mask)).toEqual({ x: 250, y: 10, width: 20, height: 30 })
    expect(mask.tiles.size).toBe(2)
  })

  it('covers half a pixel by half', () => {
    const mask = fillRect(emptyMask(16, 16), { x: 2.5, y: 2, width: 4, height: 4 }, 'add')
    expect(coverageAt(mask, 2, 3)).toBe(128)
    expect(coverageAt(mask, 3, 3)).toBe(255)
  })

  it('fills a triangle with the area that geometry says', () => {
    const points = [
      { x: 10, y: 10 },
      { x: 90, y: 10 },
      { x: 10, y: 70 },
    ]
    const area = toDense(fillPolygon(emptyMask(100, 100), points, 'add')).reduce((sum, value) => sum + value / 255, 0)
    expect(Math.abs(area - 2400)).toBeLessThan(2) // rounding to 1/255 along 100 pixels of edge
  })

  it('takes away what it added', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 90 }),
        (x, y, side) => {
          const rect = { x, y, width: side, height: side }
          const added = fillRect(emptyMask(512, 512), rect, 'add')
          expect(fillRect(added, rect, 'remove').tiles.size).toBe(0)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('gives the same mask when it is inverted twice', () => {
    const mask = fillRect(emptyMask(300, 300), { x: 20, y: 30, width: 40, height: 50 }, 'add')
    expect(toDense(invertMask(invertMask(mask)))).toEqual(toDense(mask))
  })

  it('takes one mask out of another', () => {
    const mask = fillRect(emptyMask(100, 100), { x: 0, y: 0, width: 60, height: 10 }, 'add')
    const other = fillRect(emptyMask(100, 100), { x: 50, y: 0, width: 40, height: 10 }, 'add')
    expect(paintedPixels(subtractMask(mask, other))).toBe(500)
  })
})

describe('fill', () => {
  it('fills what a painted line encloses, up to the line', () => {
    const frame = fillRect(emptyMask(400, 300), { x: 50, y: 50, width: 100, height: 80 }, 'add')
    const ring = fillRect(frame, { x: 56, y: 56, width: 88, height: 68 }, 'remove')
    const filled = floodFill(
      ring,
      { width: 400, height: 300, channels: 1, data: toDense(ring) },
      { x: 100, y: 90 },
      40,
      'add',
    )
    expect(toDense(filled)).toEqual(toDense(frame))
  })

  it('follows the colours of a picture', () => {
    const data = new Uint8ClampedArray(8 * 8 * 4).map((_, i) => (Math.floor(i / 4) % 8 < 4 ? 200 : 20))
    const filled = floodFill(emptyMask(64, 64), { width: 8, height: 8, channels: 4, data }, { x: 3, y: 3 }, 30, 'add')
    expect(maskBounds(filled)).toEqual({ x: 0, y: 0, width: 33, height: 64 })
  })

  it('leaves the mask as it is when it starts outside', () => {
    const mask = emptyMask(8, 8)
    expect(floodFill(mask, { width: 8, height: 8, channels: 1, data: toDense(mask) }, { x: -1, y: 3 }, 9, 'add')).toBe(
      mask,
    )
  })
})

describe('moving masks', () => {
  it('moves a shape by whole pixels without changing it', () => {
    const rect = { x: 10, y: 10, width: 30, height: 20 }
    const mask = fillRect(emptyMask(300, 100), rect, 'add')
    expect(maskBounds(transformMask(mask, rect, { rect: { ...rect, x: 250 }, angle: 0 }))).toEqual({ ...rect, x: 250 })
  })

  it('moves soft edges with what they belong to', () => {
    const soft = fromDense(
      Uint8Array.from({ length: 64 * 64 }, (_, i) => Math.max(0, 255 - 20 * Math.abs((i % 64) - 20))),
      { width: 64, height: 64 },
    )
    const rect = maskBounds(soft)
    const moved = transformMask(soft, rect, { rect: { ...rect, x: rect.x + 8 }, angle: 0 })
    expect(toDense(moved).subarray(8, 60)).toEqual(toDense(soft).subarray(0, 52))
  })

  it('turns a shape about its centre', () => {
    const rect = { x: 100, y: 40, width: 40, height: 20 }
    const mask = fillRect(emptyMask(300, 100), rect, 'add')
    expect(maskBounds(transformMask(mask, rect, { rect, angle: 90 }))).toEqual({ x: 110, y: 30, width: 20, height: 40 })
  })

  it('keeps the shape when the document doubles', () => {
    const mask = fillRect(emptyMask(64, 64), { x: 16, y: 16, width: 32, height: 32 }, 'add')
    expect(maskBounds(resizeMask(mask, { width: 128, height: 128 }))).toEqual({ x: 32, y: 32, width: 64, height: 64 })
  })

  it('survives being laid out as one block', () => {
    const dense = Uint8Array.from({ length: 300 * 270 }, (_, i) => (i * 7) % 256)
    expect(toDense(fromDense(dense, { width: 300, height: 270 }))).toEqual(dense)
  })
})

describe('snapping', () => {
  it.each([
    [500, 64, 512],
    [10, 64, 64],
    [100, 8, 104],
  ])('%i at steps of %i is %i', (value, factor, expected) => {
    expect(snapSize(value, factor)).toBe(expected)
  })

  it('catches the centre and shows the guide', () => {
    const rect = { x: 203, y: 10, width: 100, height: 50 }
    expect(snapRect(rect, { width: 512, height: 512 }, 6)).toEqual({ x: 206, y: 10, guidesX: [256], guidesY: [] })
  })
})
