import { z } from 'zod/mini'
import type { Json } from '../../engine/contract/document-records.ts'
import { imageSorts } from '../../engine/contract/image-records.ts'
import { gridAxes } from '../document/make-grid.ts'
import type { SettingsState } from './settings-state.svelte.ts'
import { sideTabs } from './view-state.svelte.ts'

const place = z.object({
  jobId: z.int(),
  picture: z.int(),
  imageId: z.nullable(z.int()),
  /** How much of it shows over the layers while it is no layer itself; absent = all. */
  opacity: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
})

const gridLine = z.object({ axis: z.enum(gridAxes), values: z.array(z.string()) })

/** What a grid of variations varied, and the job of each picture, row by row. */
const grid = z.object({ across: gridLine, down: z.nullable(gridLine), jobs: z.array(z.int()) })

const hand = z.object({
  softness: z.number(),
  sizeUnit: z.enum(['picture', 'screen']),
  pressureShare: z.number(),
  stabiliser: z.number(),
  tolerance: z.number(),
  isSnapping: z.boolean(),
  isSideOpen: z.boolean(),
  cellSize: z.number(),
  sort: z._default(z.enum(imageSorts), 'newest'),
})

const seen = z.object({
  brushSize: z.number(),
  /** While painting and while looking. */
  tracings: z.object({ painting: z.number(), looking: z.number() }),
  sideTab: z.enum(sideTabs),
  /** null = fitted into the view. */
  camera: z.nullable(z.object({ x: z.number(), y: z.number(), zoom: z.number() })),
})

const keptSchema = z.object({
  /** The document that was open last. */
  document: z._default(z.nullable(z.int()), null),
  /** By document: what its strip shows. */
  results: z._default(
    z.record(
      z.string(),
      z.object({
        places: z.array(place),
        shown: z.nullable(z.int()),
        /** Jobs that ended without all of their pictures: when they are tried again, these come back. */
        lost: z._default(z.array(z.int()), []),
        grid: z._default(z.nullable(grid), null),
      }),
    ),
    {},
  ),
  /** Prompts that were drawn, newest first. */
  prompts: z._default(z.array(z.string()), []),
  /** What is in hand, whatever the document; null before the first change. */
  hand: z._default(z.nullable(hand), null),
  /** By document: how it was looked at. */
  views: z._default(z.record(z.string(), seen), {}),
})
export type KeptGrid = z.infer<typeof grid>
export type SeenView = z.infer<typeof seen>
export type Kept = z.infer<typeof keptSchema>

const pauseMs = 300

/** What the window remembers beside the documents. It is in the library: a browser forgets with every new port. */
export class KeptState {
  readonly #settings: SettingsState
  #wait: ReturnType<typeof setTimeout> | undefined
  #value: Kept | null = null

  constructor(settings: SettingsState) {
    this.#settings = settings
  }

  get value(): Kept {
    if (this.#value !== null) return this.#value
    const parsed = keptSchema.safeParse(this.#own())
    return parsed.success ? parsed.data : keptSchema.parse({})
  }

  change(part: Partial<Kept>): void {
    this.#value = { ...this.value, ...part }
    clearTimeout(this.#wait)
    this.#wait = setTimeout(() => void this.#save(), pauseMs)
  }

  #own(): unknown {
    const all = this.#settings.all['window.state']
    return typeof all === 'object' && all !== null && !Array.isArray(all) ? (all['studio'] ?? {}) : {}
  }

  async #save(): Promise<void> {
    const all = this.#settings.all['window.state']
    const others = typeof all === 'object' && all !== null && !Array.isArray(all) ? all : {}
    const studio = JSON.parse(JSON.stringify(this.value)) as Json // What JSON.parse gives is JSON.
    await this.#settings.set('window.state', { ...others, studio }).catch(() => undefined)
  }
}
