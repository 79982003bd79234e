/** A place, in whatever space the owner says. */
export interface Point {
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** An upright rectangle: `x`, `y` are its upper left corner. */
export interface Rect extends Point, Size {}

export const emptyRect: Rect = { x: 0, y: 0, width: 0, height: 0 }

export const isEmptyRect = ({ width, height }: Rect): boolean => width <= 0 || height <= 0

/** The smallest rectangle around both; an empty one adds nothing. */
export function uniteRects(a: Rect, b: Rect): Rect {
  if (isEmptyRect(a)) return b
  if (isEmptyRect(b)) return a
  const x = Math.min(a.x, b.x)
  const y = Math.min(a.y, b.y)
  const right = Math.max(a.x + a.width, b.x + b.width)
  const bottom = Math.max(a.y + a.height, b.y + b.height)
  return { x, y, width: right - x, height: bottom - y }
}

/** What both share; `emptyRect` when they do not touch. */
export function intersectRects(a: Rect, b: Rect): Rect {
  const x = Math.max(a.x, b.x)
  const y = Math.max(a.y, b.y)
  const width = Math.min(a.x + a.width, b.x + b.width) - x
  const height = Math.min(a.y + a.height, b.y + b.height) - y
  return width > 0 && height > 0 ? { x, y, width, height } : emptyRect
}

/** The rectangle between two opposite corners, whichever they are. */
export const rectBetween = (a: Point, b: Point): Rect => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  width: Math.abs(a.x - b.x),
  height: Math.abs(a.y - b.y),
})

/** The rectangle grown outwards to whole numbers. */
export function roundOut(rect: Rect): Rect {
  if (isEmptyRect(rect)) return emptyRect
  const x = Math.floor(rect.x)
  const y = Math.floor(rect.y)
  return { x, y, width: Math.ceil(rect.x + rect.width) - x, height: Math.ceil(rect.y + rect.height) - y }
}

/** The rectangle with `margin` more on every side. */
export const growRect = (rect: Rect, margin: number): Rect => ({
  x: rect.x - margin,
  y: rect.y - margin,
  width: rect.width + 2 * margin,
  height: rect.height + 2 * margin,
})

export const scaleRect = (rect: Rect, factor: number): Rect => ({
  x: rect.x * factor,
  y: rect.y * factor,
  width: rect.width * factor,
  height: rect.height * factor,
})

export const isInsideRect = ({ x, y }: Point, rect: Rect): boolean =>
  x >= rect.x && y >= rect.y && x < rect.x + rect.width && y < rect.y + rect.height

export const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value))
