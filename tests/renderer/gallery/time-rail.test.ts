import { describe, expect, it } from 'vitest'
import { layOutRail } from '../../../renderer/gallery/time-rail.ts'

describe('the time rail', () => {
  it('puts each month where its pictures begin', () => {
    const days = [
      { day: '2026-11-24', count: 30 },
      { day: '2026-11-02', count: 20 },
      { day: '2026-10-30', count: 40 },
      { day: '2025-12-01', count: 10 },
    ]
    expect(layOutRail(days)).toEqual([
      { month: '2026-11', index: 0, share: 0, isNamed: true },
      { month: '2026-10', index: 50, share: 0.5, isNamed: true },
      { month: '2025-12', index: 90, share: 0.9, isNamed: true },
    ])
  })

  it('names no two months that would touch', () => {
    const days = Array.from({ length: 12 }, (_, i) => ({
      day: `2026-${String(12 - i).padStart(2, '0')}-01`,
      count: i < 11 ? 1 : 989,
    }))
    expect(layOutRail(days).filter(({ isNamed }) => isNamed)).toHaveLength(1)
  })

  it('is empty for an empty library', () => {
    expect(layOutRail([])).toEqual([])
  })
})
