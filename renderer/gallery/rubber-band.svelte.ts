import type { Point, Rect } from '../canvas/geometry.ts'

/** Below this many pixels a press on the ground is a click. */
const leastPixels = 4

/** A rectangle drawn with the mouse around the pictures that are to be chosen. Places are those of the whole list. */
export class RubberBand {
  #from: Point | null = null
  /** What was chosen before, and stays so. */
  #before: readonly number[] = []
  rect: Rect | null = $state.raw(null)

  get isBegun(): boolean {
    return this.#from !== null
  }

  get before(): readonly number[] {
    return this.#before
  }

  begin(at: Point, before: Iterable<number>): void {
    this.#from = at
    this.#before = [...before]
    this.rect = null
  }

  /** @returns whether it is a rectangle by now */
  stretch({ x, y }: Point): boolean {
    const from = this.#from
    if (from === null) return false
    const [width, height] = [Math.abs(x - from.x), Math.abs(y - from.y)]
    if (this.rect === null && Math.max(width, height) < leastPixels) return false
    this.rect = { x: Math.min(x, from.x), y: Math.min(y, from.y), width, height }
    return true
  }

  end(): void {
    this.#from = null
    this.rect = null
  }
}
