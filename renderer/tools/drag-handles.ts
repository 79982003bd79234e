import { type Camera, toScreen } from '../canvas/camera.ts'
import type { Point, Rect } from '../canvas/geometry.ts'
import type { HeldKeys } from './tool.ts'

/** Half the side of a handle's hit area, in CSS pixels. */
export const handleReach = 12

/** Eight places around a rectangle: -1, 0 or 1 for each axis. */
export const handles = [-1, 0, 1]
  .flatMap((y) => [-1, 0, 1].map((x) => ({ x, y })))
  .filter(({ x, y }) => x !== 0 || y !== 0)

export const handlePoint = (rect: Rect, { x, y }: Point): Point => ({
  x: rect.x + (rect.width * (x + 1)) / 2,
  y: rect.y + (rect.height * (y + 1)) / 2,
})

/** The handle under a place, in picture pixels; null when none is. */
export function handleAt(rect: Rect, point: Point, camera: Camera): Point | null {
  const at = toScreen(point, camera)
  const near = handles.filter((handle) => {
    const place = toScreen(handlePoint(rect, handle), camera)
    return Math.max(Math.abs(place.x - at.x), Math.abs(place.y - at.y)) <= handleReach
  })
  return near[0] ?? null
}

/** The rectangle with one handle dragged; Shift keeps proportions, Alt keeps the centre. */
export function dragHandle(rect: Rect, handle: Point, by: Point, keys: HeldKeys): Rect {
  const factor = keys.isAlt ? 2 : 1
  let width = Math.max(1, rect.width + handle.x * by.x * factor)
  let height = Math.max(1, rect.height + handle.y * by.y * factor)
  if (keys.isShift) {
    const scale = handle.x === 0 ? height / rect.height : width / rect.width
    width = rect.width * scale
    height = rect.height * scale
  }
  const anchorX = keys.isAlt ? 0 : -handle.x
  const anchorY = keys.isAlt ? 0 : -handle.y
  return {
    x: rect.x + ((rect.width - width) * (anchorX + 1)) / 2,
    y: rect.y + ((rect.height - height) * (anchorY + 1)) / 2,
    width,
    height,
  }
}
