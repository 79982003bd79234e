import type { Rect, Size } from './geometry.ts'

/** The nearest size that the model can make, at least one step. */
export const snapSize = (value: number, factor: number): number => Math.max(factor, Math.round(value / factor) * factor)

export interface Snapped {
  readonly x: number
  readonly y: number
  /** Lines that were caught, to be shown: picture pixels. */
  readonly guidesX: readonly number[]
  readonly guidesY: readonly number[]
}

/**
 * Moves a rectangle onto edges, centre and thirds of the picture when one of its sides or its middle is near.
 *
 * @param reach how near, in picture pixels
 */
export function snapRect(rect: Rect, picture: Size, reach: number): Snapped {
  const across = snapAxis(rect.x, rect.width, picture.width, reach)
  const down = snapAxis(rect.y, rect.height, picture.height, reach)
  return { x: across.start, y: down.start, guidesX: across.guides, guidesY: down.guides }
}

function snapAxis(start: number, length: number, whole: number, reach: number) {
  const lines = [0, whole / 3, whole / 2, (whole * 2) / 3, whole]
  const places = [0, length / 2, length]
  const best = lines
    .flatMap((line) => places.map((place) => ({ line, offset: line - place - start })))
    .reduce((nearest, candidate) => (Math.abs(candidate.offset) < Math.abs(nearest.offset) ? candidate : nearest))
  if (Math.abs(best.offset) > reach) return { start, guides: [] }
  return { start: start + best.offset, guides: [best.line] }
}
