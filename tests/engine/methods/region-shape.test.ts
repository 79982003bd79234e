import { describe, expect, it } from 'vitest'
import type { LayoutShape } from '../../../engine/contract/layout.ts'
import { shapeCoverage } from '../../../engine/methods/region-shape.ts'

const covered = (shape: LayoutShape, rows: number, columns: number): number[] =>
  Array.from(shapeCoverage({ shape, width: 8, height: 8 })(rows, columns).data)

describe('coverage of a painted shape', () => {
  it('is exact for a box, also where it covers parts of cells', () => {
    expect(covered({ kind: 'box', x: 1, y: 2, width: 4, height: 6 }, 2, 4)).toEqual([
      0.25, 0.5, 0.25, 0, 0.5, 1, 0.5, 0,
    ])
  })

  it('leaves out what lies beyond the picture', () => {
    expect(covered({ kind: 'box', x: -4, y: -4, width: 8, height: 8 }, 2, 2)).toEqual([1, 0, 0, 0])
  })

  it('takes the even-odd rule for a polygon that crosses itself', () => {
    const bowTie: LayoutShape = {
      kind: 'polygon',
      points: [
        [0, 0],
        [8, 8],
        [8, 0],
        [0, 8],
      ],
    }
    const cells = covered(bowTie, 2, 2)
    // Each quarter holds half a triangle; 16 scan lines a row leave 1/32 of a cell.
    for (const cell of cells) expect(Math.abs(cell - 0.5)).toBeLessThanOrEqual(1 / 32)
  })

  it('is the average of the pixels for a mask of any size', () => {
    const data = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 0, 0])
    const mask = { width: 4, height: 3, channels: 1, data } as const
    const coverage = shapeCoverage({ shape: { kind: 'mask', file: 'a.png' }, width: 8, height: 8, mask })
    expect(Array.from(coverage(1, 2).data)).toEqual([expect.closeTo(4 / 6, 6), 0])
  })

  it('refuses a mask without pixels', () => {
    expect(() => shapeCoverage({ shape: { kind: 'mask', file: 'a.png' }, width: 8, height: 8 })).toThrow(
      'layout: no pixels for the mask "a.png"',
    )
  })
})
