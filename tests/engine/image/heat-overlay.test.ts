import { describe, expect, it } from 'vitest'
import { heatOverlay } from '../../../engine/image/heat-overlay.ts'

const grey = (...data: number[]) => ({
  width: data.length,
  height: 1,
  channels: 1 as const,
  data: Uint8Array.from(data),
})

describe('heatOverlay', () => {
  it('dims what is cold and colours what is hot', () => {
    const { channels, data } = heatOverlay(grey(200, 200), grey(0, 255))
    expect(channels).toBe(3)
    // cold: 45 % of the picture; hot: 30 % of it and 70 % of the palest yellow
    expect(Array.from(data)).toEqual([90, 90, 90, 236, 239, 175])
  })

  it('gets brighter with every step of heat on any grey', () => {
    const heats = Array.from({ length: 256 }, (_, heat) => heat)
    const { data } = heatOverlay(grey(...heats.map(() => 128)), grey(...heats))
    const brightness = heats.map(
      (i) => (data[i * 3] ?? 0) * 0.3 + (data[i * 3 + 1] ?? 0) * 0.59 + (data[i * 3 + 2] ?? 0) * 0.11,
    )
    expect(brightness.findLastIndex((value, i) => i > 0 && value < (brightness[i - 1] ?? 0) - 1)).toBe(-1)
  })

  it('refuses heat of another size', () => {
    expect(() => heatOverlay(grey(1, 2), grey(1))).toThrow(
      'heatOverlay: heat of 1 x 1 with 1 channels, expected 2 x 1 with 1.',
    )
  })
})
