import { describe, expect, it } from 'vitest'
import { colourHeat, heatAt, heatEdge, type HeatGrid, joinPieces } from '../../../renderer/alignment/heat-grid.ts'
import { heatMask } from '../../../renderer/alignment/heat-mask.ts'
import { colourOfHeat, heatPalettes } from '../../../renderer/alignment/heat-palettes.ts'
import { coverageAt } from '../../../renderer/canvas/tile-mask.ts'

/** Hot on the right half. */
const grid: HeatGrid = { width: 4, height: 2, heat: Uint8Array.of(0, 0, 255, 255, 0, 0, 255, 255), source: 'first' }

describe('heat between the places of a grid', () => {
  it('is that of the place at its centre, and as at the edge beyond it', () => {
    expect([heatAt(grid, 0.5, 0.5), heatAt(grid, 2.5, 1.5), heatAt(grid, 9, 0.5)]).toEqual([0, 1, 1])
    expect(heatAt(grid, 2, 1)).toBeCloseTo(0.5, 6)
  })

  it('never leaves 0 … 1', () => {
    for (let x = 0; x < 4; x += 0.1) {
      const heat = heatAt(grid, x, 0.7)
      expect(heat).toBeGreaterThanOrEqual(0)
      expect(heat).toBeLessThanOrEqual(1)
    }
  })
})

describe('the edge of heat', () => {
  it('is one closed line around what is hot, across the middle', () => {
    const lines = heatEdge(grid, 0.5)
    expect(lines).toHaveLength(1)
    const [line = []] = lines
    expect(line[0]).toEqual(line.at(-1))
    expect(Math.min(...line.map(({ x }) => x))).toBeCloseTo(0.5, 2)
    expect(Math.max(...line.map(({ x }) => x))).toBeCloseTo(1, 1)
  })

  it('is nowhere where nothing is hot', () => {
    expect(heatEdge({ ...grid, heat: new Uint8Array(8) }, 0.5)).toEqual([])
  })

  it('joins pieces whose ends meet, whatever their direction', () => {
    const joined = joinPieces([0, 0, 1, 0, 2, 0, 1, 0, 5, 5, 6, 5])
    expect(joined.map((line) => line.map(({ x, y }) => `${x},${y}`))).toEqual([
      ['0,0', '1,0', '2,0'],
      ['5,5', '6,5'],
    ])
  })
})

describe('the colours of heat', () => {
  const brightness = ([red, green, blue]: readonly number[]): number =>
    0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)

  it.each(heatPalettes.filter((palette) => palette !== 'outline'))(
    'of %s grow lighter all the way, also without colour',
    (palette) => {
      const levels = Array.from({ length: 65 }, (_, i) => brightness(colourOfHeat(palette, i / 64)))
      expect(levels).toEqual(levels.toSorted((a, b) => a - b))
    },
  )

  it('let cold places show the picture and hide it under hot ones', () => {
    expect([colourOfHeat('ember', 0)[3], colourOfHeat('ember', 0.3)[3] < 255, colourOfHeat('ember', 1)[3]]).toEqual([
      0,
      true,
      255,
    ])
    expect(colourOfHeat('outline', 1)).toEqual([0, 0, 0, 0])
  })

  it('make one pixel of four bytes for each refined place', () => {
    const { width, height, data } = colourHeat(grid, 'cividis')
    expect([width, height, data.length]).toEqual([128, 64, 128 * 64 * 4])
  })
})

describe('a mask made of heat', () => {
  it('is painted where it is hotter than the edge', () => {
    const mask = heatMask(grid, 0.5, { width: 400, height: 200 })
    expect([coverageAt(mask, 100, 100), coverageAt(mask, 300, 100)]).toEqual([0, 255])
    expect(coverageAt(mask, 200, 100)).toBeGreaterThan(100)
  })
})
