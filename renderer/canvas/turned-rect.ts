import type { Point, Rect } from './geometry.ts'

/** A rectangle turned about its centre by `angle` degrees, clockwise as the screen sees it. */
export interface TurnedRect {
  readonly rect: Rect
  readonly angle: number
}

export const centreOf = ({ x, y, width, height }: Rect): Point => ({ x: x + width / 2, y: y + height / 2 })

/** A point turned about another by degrees, clockwise. */
export function turnPoint({ x, y }: Point, angle: number, about: Point): Point {
  if (angle === 0) return { x, y }
  const radians = (angle * Math.PI) / 180
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)]
  const [right, down] = [x - about.x, y - about.y]
  return { x: about.x + right * cos - down * sin, y: about.y + right * sin + down * cos }
}

/** Where a point lies for the rectangle as if it stood upright. */
export const toUpright = (point: Point, { rect, angle }: TurnedRect): Point => turnPoint(point, -angle, centreOf(rect))

/** The smallest upright rectangle around one that is turned about a point by degrees. */
export function boundsOf(rect: Rect, angle: number, about: Point): Rect {
  if (angle === 0) return rect
  const corners = [0, 1].flatMap((i) =>
    [0, 1].map((j) => turnPoint({ x: rect.x + i * rect.width, y: rect.y + j * rect.height }, angle, about)),
  )
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)]
  const [x, y] = [Math.min(...xs), Math.min(...ys)]
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }
}

/**
 * The rectangle with another shape, given as it would be if the old one stood upright: what stays in place upright
 * stays in place turned.
 */
export function reshape({ rect, angle }: TurnedRect, upright: Rect): TurnedRect {
  const centre = turnPoint(centreOf(upright), angle, centreOf(rect))
  const { width, height } = upright
  return { rect: { x: centre.x - width / 2, y: centre.y - height / 2, width, height }, angle }
}

/** Degrees from -180 to 180; near whole steps when `step` is given. */
export function plainAngle(angle: number, step = 0): number {
  const stepped = step === 0 ? Math.round(angle * 10) / 10 : Math.round(angle / step) * step
  const turned = ((((stepped + 180) % 360) + 360) % 360) - 180
  return turned === -180 ? 180 : turned
}
