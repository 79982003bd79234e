import { SvelteMap } from 'svelte/reactivity'
import type { PictureAlignment } from '../../engine/contract/picture-alignment-record.ts'
import type { HeatGrid } from '../alignment/heat-grid.ts'
import { fromBase64 } from '../connection/base64.ts'
import type { ServiceLink } from '../connection/service-link.ts'

export interface MeasuringProgress {
  readonly done: number
  readonly total: number
}

/** How pictures show the words of their prompts, and where; asked for once each. */
export class AlignmentState {
  readonly #link: ServiceLink
  readonly #known = new SvelteMap<number, PictureAlignment | 'loading'>()
  readonly #heats = new SvelteMap<string, HeatGrid | 'loading' | 'missing'>()
  readonly #heatsComing = new SvelteMap<string, Promise<void>>()
  readonly progress = new SvelteMap<number, MeasuringProgress>()

  constructor(link: ServiceLink) {
    this.#link = link
    link.on('alignment.changed', ({ imageId }) => {
      this.progress.delete(imageId)
      if (this.#known.has(imageId)) void this.#load(imageId)
    })
    link.on('alignment.progress', ({ imageId, ...progress }) => {
      this.progress.set(imageId, progress)
    })
  }

  /** Undefined until it is known; whoever asked in an effect is run again when it is. */
  get(imageId: number | null): PictureAlignment | undefined {
    if (imageId === null) return undefined
    const found = this.#known.get(imageId)
    if (found === undefined) queueMicrotask(() => void this.#first(imageId))
    return typeof found === 'object' ? found : undefined
  }

  /** The map of a word in a picture; undefined while it is on its way, or when there is none. */
  heat(imageId: number | null, word: string | null): HeatGrid | undefined {
    if (imageId === null || word === null) return undefined
    const found = this.#heats.get(keyOf(imageId, word))
    if (found === undefined) queueMicrotask(() => void this.#loadHeat(imageId, word))
    return typeof found === 'object' ? found : undefined
  }

  /** The map of a word, however long it takes to come; undefined when there is none. */
  async fetchHeat(imageId: number, word: string): Promise<HeatGrid | undefined> {
    await this.#loadHeat(imageId, word)
    const found = this.#heats.get(keyOf(imageId, word))
    return typeof found === 'object' ? found : undefined
  }

  /** Measures a picture; what is found comes by `get`. */
  async measure(imageId: number, words?: readonly string[]): Promise<PictureAlignment> {
    const found = await this.#link.ask('alignment.measure', {
      imageId,
      ...(words !== undefined && { words: [...words] }),
    })
    this.#set(imageId, found)
    return found
  }

  async cancel(imageId: number): Promise<void> {
    await this.#link.ask('alignment.cancel', { imageId })
  }

  async #first(imageId: number): Promise<void> {
    if (this.#known.has(imageId)) return
    this.#known.set(imageId, 'loading')
    await this.#load(imageId)
  }

  async #load(imageId: number): Promise<void> {
    try {
      this.#set(imageId, await this.#link.ask('alignment.get', { imageId }))
    } catch {
      this.#known.delete(imageId)
    }
  }

  #set(imageId: number, found: PictureAlignment): void {
    const before = this.#known.get(imageId)
    const isNew = typeof before !== 'object' || before.measured?.atMs !== found.measured?.atMs
    this.#known.set(imageId, found)
    if (!isNew) return
    for (const key of [...this.#heats.keys()]) {
      if (!key.startsWith(`${imageId} `)) continue
      this.#heatsComing.delete(key)
      this.#heats.delete(key)
    }
  }

  async #loadHeat(imageId: number, word: string): Promise<void> {
    const key = keyOf(imageId, word)
    if (!this.#heats.has(key)) {
      this.#heats.set(key, 'loading')
      const coming = this.#askHeat(imageId, word).then((found) => {
        // What was asked for before the picture was measured is of no use after.
        if (this.#heatsComing.get(key) === coming) this.#heats.set(key, found)
      })
      this.#heatsComing.set(key, coming)
    }
    await this.#heatsComing.get(key)
  }

  async #askHeat(imageId: number, word: string): Promise<HeatGrid | 'missing'> {
    try {
      const { bytes, ...grid } = await this.#link.ask('alignment.heat', { imageId, word })
      return { ...grid, heat: fromBase64(bytes) }
    } catch {
      return 'missing'
    }
  }
}

const keyOf = (imageId: number, word: string): string => `${imageId} ${word}`
