import type { ImageSummary } from '../../engine/contract/image-records.ts'
import type { KeptGrid, KeptState } from './kept-state.svelte.ts'

/** One place of the strip: a picture, or the promise of one. */
export interface ResultPlace {
  readonly jobId: number
  readonly picture: number
  readonly imageId: number | null
  /** How much of it shows over the layers while it is no layer itself, 0 … 1; absent = all. */
  readonly opacity?: number | undefined
}

/** A whole grid fits. */
const mostPlaces = 64
const mostLost = 64

/** What was made for this document, oldest first. Kept beside the document: walking through results is no change of it. */
export class ResultsState {
  readonly #kept: KeptState
  #key = ''
  places: readonly ResultPlace[] = $state.raw([])
  /** Jobs that ended without all of their pictures. */
  #lost: readonly number[] = []
  /** The picture on the paper; null = the layers, or a blank sheet. */
  shown: number | null = $state(null)
  /** The one shown before, for comparing. */
  previous: number | null = $state(null)
  /** The last grid of variations. */
  grid: KeptGrid | null = $state.raw(null)
  /** Whether finished pictures are shown as they come. */
  isFollowing = $state(true)
  readonly images = $derived(this.places.map(({ imageId }) => imageId).filter((id) => id !== null))

  constructor(kept: KeptState) {
    this.#kept = kept
  }

  open(documentId: number): void {
    this.#key = String(documentId)
    const known = this.#kept.value.results[this.#key]
    this.places = known?.places ?? []
    this.#lost = known?.lost ?? []
    this.shown = known?.shown ?? null
    this.grid = known?.grid ?? null
    this.previous = null
  }

  /** Makes room for the pictures of a job. */
  expect(jobId: number, count: number): void {
    this.#set([...this.places, ...promised(jobId, count)].slice(-mostPlaces))
    this.isFollowing = true
  }

  /**
   * A job is tried again: what it still has to make comes back to the strip that it was lost from, whichever document
   * that belongs to.
   */
  again(jobId: number, count: number): void {
    if (this.#lost.includes(jobId)) {
      this.#lost = this.#lost.filter((id) => id !== jobId)
      this.expect(jobId, count)
      return
    }
    const { results } = this.#kept.value
    const [key, strip] = Object.entries(results).find(([, { lost }]) => lost.includes(jobId)) ?? []
    if (key === undefined || strip === undefined) return
    const places = [...strip.places, ...promised(jobId, count)].slice(-mostPlaces)
    const lost = strip.lost.filter((id) => id !== jobId)
    this.#kept.change({ results: { ...results, [key]: { ...strip, places, lost } } })
  }

  /** @returns whether the picture belongs to this document */
  arrived(image: ImageSummary): boolean {
    const at = this.places.findIndex(({ jobId, imageId }) => jobId === image.jobId && imageId === null)
    const place = this.places[at]
    if (place === undefined || this.images.includes(image.id)) return false
    this.#set(this.places.with(at, { ...place, imageId: image.id }))
    if (this.isFollowing) this.show(image.id)
    return true
  }

  /** Puts a picture that was made elsewhere at the end of the strip, and shows it. */
  add(jobId: number, imageId: number): void {
    if (!this.images.includes(imageId)) this.#set([...this.places, { jobId, picture: 0, imageId }].slice(-mostPlaces))
    this.show(imageId)
  }

  /** Empty places of a job that ended are taken away. */
  ended(jobId: number): void {
    const isLost = this.places.some((place) => place.jobId === jobId && place.imageId === null)
    if (isLost) this.#lost = [...this.#lost.filter((id) => id !== jobId), jobId].slice(-mostLost)
    this.#set(this.places.filter((place) => place.jobId !== jobId || place.imageId !== null))
  }

  show(imageId: number | null): void {
    if (imageId === this.shown) return
    this.previous = this.shown
    this.shown = imageId
    this.#keep()
  }

  /** Shows the neighbour of the shown picture. */
  walk(by: 1 | -1): void {
    const at = this.shown === null ? -1 : this.images.indexOf(this.shown)
    const next =
      this.images[at < 0 ? (by > 0 ? 0 : this.images.length - 1) : (at + by + this.images.length) % this.images.length]
    if (next === undefined) return
    this.isFollowing = false
    this.show(next)
  }

  take(imageId: number): void {
    const at = this.images.indexOf(imageId)
    this.#set(this.places.filter((place) => place.imageId !== imageId))
    if (this.shown === imageId) this.show(this.images[Math.min(at, this.images.length - 1)] ?? null)
  }

  opacityOf(imageId: number): number {
    return this.places.find((place) => place.imageId === imageId)?.opacity ?? 1
  }

  /** Kept with the strip, like which result is shown: looking through a result is no change of the document. */
  fade(imageId: number, opacity: number): void {
    this.#set(this.places.map((place) => (place.imageId === imageId ? { ...place, opacity } : place)))
  }

  /** Remembers what a grid varied, so that its pictures can be looked at as one. */
  layOut(grid: KeptGrid): void {
    this.grid = grid
    this.#keep()
  }

  /** The picture of a job that makes one; null while it is not there. */
  imageOf(jobId: number): number | null {
    return this.places.find((place) => place.jobId === jobId)?.imageId ?? null
  }

  restore(places: readonly ResultPlace[], shown: number | null): void {
    this.#set(places)
    this.show(shown)
  }

  #set(places: readonly ResultPlace[]): void {
    this.places = places
    this.#keep()
  }

  #keep(): void {
    if (this.#key === '') return
    const { results } = this.#kept.value
    const { places, shown, grid } = this
    const strip = { places: [...places], shown, grid, lost: [...this.#lost] }
    this.#kept.change({ results: { ...results, [this.#key]: strip } })
  }
}

/** Places for pictures that are still to be made. */
const promised = (jobId: number, count: number): readonly ResultPlace[] =>
  Array.from({ length: count }, (_, picture): ResultPlace => ({ jobId, picture, imageId: null }))
