import type { Point } from '../canvas/geometry.ts'

/** As long as other programs of the system wait. */
const restMs = 600
/** A finger or a pen that moves less rests, CSS pixels. */
const mostMoved = 8

/** Waits for a finger or a pen to rest where it was put down. */
export class LongPress {
  #timer: ReturnType<typeof setTimeout> | undefined
  #from: Point = { x: 0, y: 0 }

  /** @param rested called once, unless it moves or is lifted before */
  begin(at: Point, rested: () => void): void {
    this.cancel()
    this.#from = at
    this.#timer = setTimeout(() => {
      // Moves that happened while the window was busy are told with the next frame, before this.
      requestAnimationFrame(() => {
        if (this.#timer === undefined) return
        this.#timer = undefined
        rested()
      })
    }, restMs)
  }

  moved({ x, y }: Point): void {
    if (Math.hypot(x - this.#from.x, y - this.#from.y) > mostMoved) this.cancel()
  }

  cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
