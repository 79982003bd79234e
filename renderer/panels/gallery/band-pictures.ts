import type { Point } from '../../canvas/geometry.ts'
import { type GridLayout, picturesIn } from '../../gallery/grid-layout.ts'
import type { RubberBand } from '../../gallery/rubber-band.svelte.ts'
import type { GalleryState } from '../../state/gallery-state.svelte.ts'

export interface BandParts {
  readonly band: RubberBand
  readonly gallery: GalleryState
  readonly layout: () => GridLayout
}

/** Part of the way beyond its edge that the list scrolls in each frame. */
const scrollShare = 0.2

/**
 * Lets the mouse draw a band around pictures, from wherever no picture is; with Shift or Control it adds to what is
 * chosen. Beyond the edges the list scrolls. Escape takes it back.
 */
export const bandPictures =
  (parts: BandParts) =>
  (list: HTMLElement): (() => void) =>
    new BandHand(parts, list).listen()

class BandHand {
  readonly #parts: BandParts
  readonly #list: HTMLElement
  #pointer: Point = { x: 0, y: 0 }
  #frame = 0

  constructor(parts: BandParts, list: HTMLElement) {
    this.#parts = parts
    this.#list = list
  }

  listen(): () => void {
    const stop = new AbortController()
    const { signal } = stop
    const list = this.#list
    list.addEventListener('pointerdown', (event) => { this.#down(event) }, { signal }) // prettier-ignore
    list.addEventListener('pointermove', (event) => { this.#move(event) }, { signal }) // prettier-ignore
    list.addEventListener('pointerup', () => { this.#up() }, { signal }) // prettier-ignore
    list.addEventListener('pointercancel', () => { this.#end() }, { signal }) // prettier-ignore
    window.addEventListener('keydown', (event) => { this.#key(event) }, { signal, capture: true }) // prettier-ignore
    return () => {
      stop.abort()
      this.#end()
    }
  }

  #down(event: PointerEvent): void {
    const isGround = event.target instanceof Element && event.target.closest('[role=option]') === null
    const isScrollBar = event.target === this.#list && event.offsetX >= this.#list.clientWidth
    if (event.button !== 0 || event.pointerType === 'touch' || !isGround || isScrollBar) return
    const { band, gallery } = this.#parts
    this.#pointer = { x: event.clientX, y: event.clientY }
    band.begin(this.#place(), event.shiftKey || event.ctrlKey || event.metaKey ? gallery.chosen : [])
    this.#list.setPointerCapture(event.pointerId)
    this.#frame = requestAnimationFrame(this.#scroll)
  }

  #move(event: PointerEvent): void {
    if (!this.#parts.band.isBegun) return
    this.#pointer = { x: event.clientX, y: event.clientY }
    this.#choose()
  }

  /** A press on the ground that draws nothing chooses nothing. */
  #up(): void {
    const { band, gallery } = this.#parts
    if (band.isBegun && band.rect === null) gallery.chooseThese(new Set(band.before))
    this.#end()
  }

  #key(event: KeyboardEvent): void {
    const { band, gallery } = this.#parts
    if (event.key !== 'Escape' || !band.isBegun) return
    event.stopPropagation()
    gallery.chooseThese(new Set(band.before))
    this.#end()
  }

  #end(): void {
    cancelAnimationFrame(this.#frame)
    this.#parts.band.end()
  }

  /** The pointer in the list, however far that is scrolled. */
  #place(): Point {
    const { left, top } = this.#list.getBoundingClientRect()
    const edge = Number.parseFloat(getComputedStyle(this.#list).paddingLeft)
    return { x: this.#pointer.x - left - edge, y: this.#pointer.y - top + this.#list.scrollTop }
  }

  #choose(): void {
    const { band, gallery, layout } = this.#parts
    if (!band.stretch(this.#place()) || band.rect === null) return
    const wanted = new Set(band.before)
    for (const { from, to } of picturesIn(layout(), band.rect))
      for (const { id } of gallery.images.slice(from, to)) wanted.add(id)
    gallery.chooseThese(wanted)
  }

  readonly #scroll = (): void => {
    const { top, bottom } = this.#list.getBoundingClientRect()
    const beyond = Math.min(0, this.#pointer.y - top) + Math.max(0, this.#pointer.y - bottom)
    if (beyond !== 0) {
      this.#list.scrollTop += beyond * scrollShare
      this.#choose()
    }
    this.#frame = requestAnimationFrame(this.#scroll)
  }
}
