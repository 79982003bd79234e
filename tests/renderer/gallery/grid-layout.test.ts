import { describe, expect, it } from 'vitest'
import {
  headingHeight,
  gridGap,
  layOutGrid,
  picturesIn,
  verticalNeighbour,
  visibleRows,
} from '../../../renderer/gallery/grid-layout.ts'

const days = [...Array<string>(7).fill('2026-11-24'), ...Array<string>(2).fill('2026-11-23')]

describe('gallery grid', () => {
  it('puts a heading above each day and never mixes days in a row', () => {
    const { rows, columns, cell, height } = layOutGrid(days, 3 * 100 + 2 * gridGap, 100)
    expect([columns, cell]).toEqual([3, 100])
    expect(rows.map((row) => (row.kind === 'heading' ? row.count : [row.from, row.to]))).toEqual([
      7,
      [0, 3],
      [3, 6],
      [6, 7],
      2,
      [7, 9],
    ])
    expect(height).toBe(2 * headingHeight + 4 * (100 + gridGap))
  })

  it('finds the visible rows of 100,000 pictures', () => {
    const layout = layOutGrid(Array<string>(100_000).fill('2026-11-24'), 1000, 160)
    const shown = visibleRows(layout, 200_000, 201_000)
    expect(shown.length).toBeLessThan(10)
    expect(shown[0]?.top).toBeLessThanOrEqual(200_000)
    expect((shown.at(-1)?.top ?? 0) + layout.cell + gridGap).toBeGreaterThanOrEqual(201_000)
  })

  it('walks up and down across days', () => {
    const layout = layOutGrid(days, 312, 100)
    expect(verticalNeighbour(layout, 4, 1)).toBe(6)
    expect(verticalNeighbour(layout, 6, 1)).toBe(7)
    expect(verticalNeighbour(layout, 8, -1)).toBe(6)
    expect(verticalNeighbour(layout, 8, 1)).toBe(8)
  })

  it('knows which pictures a rectangle touches, gaps and headings excepted', () => {
    const layout = layOutGrid(days, 3 * 100 + 2 * gridGap, 100)
    const rect = { x: 50, y: headingHeight + 50, width: 60, height: 60 }
    expect(picturesIn(layout, rect)).toEqual([
      { from: 0, to: 2 },
      { from: 3, to: 5 },
    ])
    expect(picturesIn(layout, { x: 101, y: headingHeight, width: 4, height: 500 })).toEqual([])
    expect(picturesIn(layout, { x: 0, y: 2, width: 400, height: 20 })).toEqual([])
    expect(picturesIn(layout, { x: -50, y: -50, width: 2000, height: 2000 })).toEqual([
      { from: 0, to: 3 },
      { from: 3, to: 6 },
      { from: 6, to: 7 },
      { from: 7, to: 9 },
    ])
    // The last line of the first day has one picture alone.
    const lone = layout.rows.find((row) => row.kind === 'pictures' && row.from === 6)
    expect(picturesIn(layout, { x: 150, y: (lone?.top ?? 0) + 10, width: 20, height: 20 })).toEqual([])
  })
})
