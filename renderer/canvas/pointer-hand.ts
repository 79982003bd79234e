import type { PenPoint } from './brush.ts'
import { type Camera, panBy, toPicture, zoomAt } from './camera.ts'
import { LongPress } from '../parts/long-press.ts'
import type { Point } from './geometry.ts'

/** What a pointer does on the stage. Places are CSS pixels of the stage unless they are called picture. */
export interface HandEvents {
  readonly camera: () => Camera
  readonly setCamera: (camera: Camera) => void
  /** Whether dragging moves the paper, whatever the tool. */
  readonly isPanning: () => boolean
  readonly begin: (point: PenPoint, event: PointerEvent) => boolean
  readonly move: (points: readonly PenPoint[], event: PointerEvent) => void
  readonly end: () => void
  readonly cancel: () => void
  readonly hover: (at: Point | null, event: PointerEvent) => void
  /** A finger or a pen rested where it was put down; what it had begun is cancelled. */
  readonly rest: (at: Point) => void
  /** Alt and the right button dragged: size across, softness down. */
  readonly resizeBrush: (by: Point) => void
}

/** A pen's other end (button 5), or the button at its barrel (2) while its tip is down. */
export const isErasing = ({ button, pointerType }: PointerEvent): boolean =>
  button === 5 || (button === 2 && pointerType === 'pen')

/** Whether a request for a menu is one: with Alt the right button sets the brush, a pen's erases, and for resting see `rest`. */
export const opensMenu = (event: MouseEvent): boolean =>
  !event.altKey && !(event instanceof PointerEvent && ['pen', 'touch'].includes(event.pointerType))

type Doing = 'nothing' | 'gesture' | 'pan' | 'pinch' | 'brush'

const penNearMs = 1000

/** Reads mouse, pen and fingers: one finger draws, two move the paper, and a finger near a pen is a palm. */
export class PointerHand {
  readonly #element: HTMLElement
  readonly #events: HandEvents
  readonly #fingers = new Map<number, Point>()
  #doing: Doing = 'nothing'
  #pointer: number | null = null
  #last: Point = { x: 0, y: 0 }
  #penSeenMs = -Infinity
  readonly #press = new LongPress()

  constructor(element: HTMLElement, events: HandEvents) {
    this.#element = element
    this.#events = events
  }

  get isBusy(): boolean {
    return this.#doing !== 'nothing'
  }

  /** Begins to listen; the returned function ends it. */
  listen(): () => void {
    const end = new AbortController()
    const on = (
      name: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel' | 'pointerleave',
      listener: (event: PointerEvent) => void,
    ) => {
      this.#element.addEventListener(name, listener, { signal: end.signal })
    }
    on('pointerdown', (event) => {
      this.#down(event)
    })
    on('pointermove', (event) => {
      this.#move(event)
    })
    on('pointerup', (event) => {
      this.#up(event)
    })
    on('pointercancel', (event) => {
      this.#lost(event)
    })
    on('pointerleave', (event) => {
      if (this.#doing === 'nothing') this.#events.hover(null, event)
    })
    return () => {
      end.abort()
    }
  }

  /** Ends what is going on as if it had never begun. */
  cancel(): void {
    this.#press.cancel()
    if (this.#doing === 'gesture') this.#events.cancel()
    this.#doing = 'nothing'
    this.#pointer = null
  }

  /** A second finger, or any way, ends it. */
  #waitForRest(event: PointerEvent, place: Point): void {
    if (event.pointerType === 'mouse' || event.button !== 0) return
    this.#press.begin(place, () => {
      this.cancel()
      this.#events.rest(place)
    })
  }

  #place(event: PointerEvent): Point {
    const { left, top } = this.#element.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }

  #point(event: PointerEvent): PenPoint {
    return {
      ...toPicture(this.#place(event), this.#events.camera()),
      pressure: event.pressure,
      isPen: event.pointerType === 'pen',
    }
  }

  #down(event: PointerEvent): void {
    const place = this.#place(event)
    if (event.pointerType === 'pen') this.#penSeenMs = event.timeStamp
    if (event.pointerType === 'touch' && this.#touch(event, place)) return
    if (this.#doing !== 'nothing') return
    this.#waitForRest(event, place)
    this.#element.setPointerCapture(event.pointerId)
    this.#pointer = event.pointerId
    this.#last = place
    if (event.button === 1 || (event.button === 0 && this.#events.isPanning())) this.#doing = 'pan'
    else if (event.button === 2 && event.altKey) this.#doing = 'brush'
    else if (event.button === 0 || isErasing(event)) {
      this.#doing = this.#events.begin(this.#point(event), event) ? 'gesture' : 'nothing'
    }
    if (this.#doing === 'nothing') this.#pointer = null
    else event.preventDefault()
  }

  /** @returns whether the finger was taken for moving the paper, or for a palm */
  #touch(event: PointerEvent, place: Point): boolean {
    if (event.timeStamp - this.#penSeenMs < penNearMs) return true
    this.#fingers.set(event.pointerId, place)
    if (this.#fingers.size > 1) this.#press.cancel()
    if (this.#fingers.size !== 2) return this.#fingers.size > 2
    this.cancel()
    this.#doing = 'pinch'
    return true
  }

  #move(event: PointerEvent): void {
    const place = this.#place(event)
    if (event.pointerType === 'pen') this.#penSeenMs = event.timeStamp
    this.#press.moved(place)
    if (this.#doing === 'pinch') {
      this.#pinch(event.pointerId, place)
      return
    }
    if (this.#fingers.has(event.pointerId)) this.#fingers.set(event.pointerId, place)
    this.#events.hover(place, event)
    if (event.pointerId !== this.#pointer) return
    const by = { x: place.x - this.#last.x, y: place.y - this.#last.y }
    if (this.#doing === 'pan') this.#events.setCamera(panBy(this.#events.camera(), by.x, by.y))
    else if (this.#doing === 'brush') this.#events.resizeBrush(by)
    else if (this.#doing === 'gesture') {
      const all = event.getCoalescedEvents()
      this.#events.move(
        (all.length > 0 ? all : [event]).map((one) => this.#point(one)),
        event,
      )
    }
    this.#last = place
  }

  #pinch(id: number, place: Point): void {
    const other = [...this.#fingers].find(([finger]) => finger !== id)?.[1]
    const before = this.#fingers.get(id)
    if (other === undefined || before === undefined) return
    const factor =
      Math.hypot(place.x - other.x, place.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y))
    const middle = { x: (place.x + other.x) / 2, y: (place.y + other.y) / 2 }
    const moved = panBy(this.#events.camera(), (place.x - before.x) / 2, (place.y - before.y) / 2)
    this.#fingers.set(id, place)
    this.#events.setCamera(zoomAt(moved, factor, middle))
  }

  #up(event: PointerEvent): void {
    this.#press.cancel()
    this.#fingers.delete(event.pointerId)
    if (this.#doing === 'pinch') {
      if (this.#fingers.size === 0) this.#doing = 'nothing'
      return
    }
    if (event.pointerId !== this.#pointer) return
    const wasGesture = this.#doing === 'gesture'
    this.#doing = 'nothing'
    this.#pointer = null
    if (wasGesture) this.#events.end()
  }

  #lost(event: PointerEvent): void {
    this.#press.cancel()
    this.#fingers.delete(event.pointerId)
    if (event.pointerId === this.#pointer) this.cancel()
    if (this.#fingers.size === 0 && this.#doing === 'pinch') this.#doing = 'nothing'
  }
}
