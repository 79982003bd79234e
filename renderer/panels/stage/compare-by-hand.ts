import { clamp, type Point } from '../../canvas/geometry.ts'
import type { StudioState } from '../../state/studio-state.svelte.ts'

/** The pointer on the paper while two results are compared: the slider follows it, or the one before shows while it is held. */
export const compareByHand = {
  /** @returns whether the pointer was taken */
  begin(studio: StudioState, point: Point): boolean {
    const { view } = studio
    if (view.compare === 'flicker') {
      view.isFlickerOn = true
      return true
    }
    if (view.compare !== 'slider') return false
    compareByHand.move(studio, point)
    return true
  },

  move({ view, document }: StudioState, point: Point | undefined): void {
    if (view.compare === 'slider' && point !== undefined)
      view.compareShare = clamp(point.x / document.current.width, 0, 1)
  },

  end({ view }: StudioState): void {
    view.isFlickerOn = false
  },
}
