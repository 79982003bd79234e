import { describe, expect, it } from 'vitest'
import {
  fitCamera,
  keepInView,
  panBy,
  toPicture,
  toScreen,
  zoomAt,
  zoomLimits,
} from '../../../renderer/canvas/camera.ts'
import { readWheel } from '../../../renderer/canvas/navigation.ts'

const still = { deltaX: 0, deltaY: 0, isControl: false, isAlt: false, isShift: false }

describe('camera', () => {
  it('leads from the screen to the picture and back', () => {
    const camera = { x: 31, y: -7, zoom: 2.5 }
    const place = toScreen({ x: 12, y: 40 }, camera)
    expect(place).toEqual({ x: 61, y: 93 })
    expect(toPicture(place, camera)).toEqual({ x: 12, y: 40 })
  })

  it('keeps the place under the pointer when it zooms', () => {
    const camera = { x: 10, y: 20, zoom: 1 }
    const anchor = { x: 150, y: 90 }
    const zoomed = zoomAt(camera, 3, anchor)
    expect(zoomed.zoom).toBe(3)
    expect(toScreen(toPicture(anchor, camera), zoomed)).toEqual(anchor)
  })

  it.each([
    [1e-9, zoomLimits.least],
    [1e9, zoomLimits.most],
  ])('stops at its limits (factor %s)', (factor, expected) => {
    expect(zoomAt({ x: 0, y: 0, zoom: 1 }, factor, { x: 0, y: 0 }).zoom).toBe(expected)
  })

  it('fits the longer side and centres the other', () => {
    expect(fitCamera({ width: 768, height: 384 }, { width: 1000, height: 800 }, 24)).toEqual({
      zoom: 952 / 768,
      x: 24,
      y: 162,
    })
  })

  it('never loses the picture out of the view', () => {
    const camera = keepInView(
      panBy({ x: 0, y: 0, zoom: 1 }, 9999, -9999),
      { width: 100, height: 100 },
      { width: 500, height: 400 },
    )
    expect(camera).toEqual({ x: 452, y: -52, zoom: 1 })
  })
})

describe('navigation presets', () => {
  it.each([
    ['paint-app', { ...still, deltaY: -100 }, 'zoom'],
    ['paint-app', { ...still, deltaY: 100, isShift: true }, 'pan'],
    ['a1111', { ...still, deltaY: 100 }, 'pan'],
    ['a1111', { ...still, deltaY: 100, isAlt: true }, 'zoom'],
    ['a1111', { ...still, deltaY: 100, isControl: true }, 'brush'],
    ['trackpad', { ...still, deltaX: 5, deltaY: 3 }, 'pan'],
    ['trackpad', { ...still, deltaY: 100, isControl: true }, 'zoom'],
    ['a1111', { ...still, deltaY: 2.25, isControl: true }, 'zoom'],
  ] as const)('%s reads %o as %s', (preset, gesture, kind) => {
    expect(readWheel(preset, gesture).kind).toBe(kind)
  })

  it('zooms in when the wheel goes away from the hand', () => {
    const navigation = readWheel('paint-app', { ...still, deltaY: -100 })
    expect(navigation.kind === 'zoom' && navigation.factor > 1).toBe(true)
  })
})
