import type { Point } from '../canvas/geometry.ts'
import { LongPress } from './long-press.ts'

/**
 * Calls `open` with a place of the window when a menu is asked for: by the right button, by the menu key, or by a finger
 * or pen that rests. What a mouse does before that stays as it is.
 */
export const asksForMenu =
  (open: (at: Point, target: Element) => void) =>
  (element: HTMLElement): (() => void) => {
    const press = new LongPress()
    const stop = new AbortController()
    const { signal } = stop
    const middleOf = (target: Element): Point => {
      const { left, bottom, width } = target.getBoundingClientRect()
      return { x: left + Math.min(24, width / 2), y: bottom }
    }
    element.addEventListener('contextmenu', (event) => {
        if (!(event.target instanceof Element) || event.target.closest('input, textarea') !== null) return
        event.preventDefault()
        press.cancel()
        const isPointed = event.clientX !== 0 || event.clientY !== 0
        open(isPointed && event.button === 2 ? { x: event.clientX, y: event.clientY } : middleOf(event.target), event.target)
      }, { signal }) // prettier-ignore
    element.addEventListener('pointerdown', ({ pointerType, isPrimary, button, target, clientX: x, clientY: y }) => {
        if (pointerType === 'mouse' || !isPrimary || button !== 0 || !(target instanceof Element)) return
        press.begin({ x, y }, () => { open({ x, y }, target) }) // prettier-ignore
      }, { signal }) // prettier-ignore
    element.addEventListener('pointermove', ({ clientX: x, clientY: y }) => { press.moved({ x, y }) }, { signal }) // prettier-ignore
    for (const name of ['pointerup', 'pointercancel'] as const)
      element.addEventListener(name, () => { press.cancel() }, { signal }) // prettier-ignore
    return () => {
      stop.abort()
      press.cancel()
    }
  }
