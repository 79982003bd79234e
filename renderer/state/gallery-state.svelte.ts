import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import type { Board } from '../../engine/contract/calls/image-calls.ts'
import type { FeedbackKind } from '../../engine/contract/feedback-records.ts'
import type { ImageDetails, ImageQuery, ImageSummary } from '../../engine/contract/image-records.ts'
import { parseSearch } from '../gallery/parse-search.ts'
import type { ServiceLink } from '../connection/service-link.ts'

const pageSize = 200

/** The library as the gallery shows it: pages of newest pictures first, what is chosen, and its details. */
export class GalleryState {
  readonly #link: ServiceLink
  #asked = 0
  #next: number | null = null
  #isLoading = false
  images: readonly ImageSummary[] = $state.raw([])
  count: number | null = $state(null)
  search = $state('')
  filter: Partial<ImageQuery> = $state.raw({})
  boards: readonly Board[] = $state.raw([])
  current: number | null = $state(null)
  readonly chosen = new SvelteSet<number>()
  details: ImageDetails | null = $state.raw(null)
  cellSize = $state(160)
  isLooking = $state(false)
  /** Pictures that go into the board that is being named; null = no board is. */
  naming: readonly number[] | null = $state.raw(null)
  readonly currentIndex = $derived(this.images.findIndex(({ id }) => id === this.current))
  readonly totals = new SvelteMap<string, number>()

  constructor(link: ServiceLink) {
    this.#link = link
    link.on('image.added', (image) => {
      if (
        this.search === '' &&
        Object.keys(this.filter).length === 0 &&
        !this.images.some(({ id }) => id === image.id)
      ) {
        this.images = [image, ...this.images]
        if (this.count !== null) this.count++
      }
    })
    link.on('image.changed', (image) => {
      this.images = this.images.map((known) => (known.id === image.id ? image : known))
      if (this.details?.id === image.id) void this.#loadDetails(image.id)
    })
    link.on('images.changed', () => void this.#lookAgain())
    link.on('image.erased', ({ ids }) => {
      this.images = this.images.filter(({ id }) => !ids.includes(id))
    })
    link.on('boards.changed', () => void this.loadBoards())
  }

  get query(): ImageQuery {
    return { isTrashed: false, ...parseSearch(this.search), ...this.filter }
  }

  /** Starts over with the present search and filter. */
  async load(): Promise<void> {
    const asked = ++this.#asked
    const query = this.query
    const [page, { count }] = await Promise.all([
      this.#link.ask('images.list', { query, limit: pageSize }),
      this.#link.ask('images.count', { query }),
    ])
    if (asked !== this.#asked) return
    this.images = page.images
    this.#next = page.next
    this.count = count
    if (this.current === null || this.currentIndex < 0) this.choose(page.images[0]?.id ?? null)
  }

  /** Loads the next page until at least `index` is there. */
  async reach(index: number): Promise<void> {
    if (this.#isLoading) return
    this.#isLoading = true
    const asked = this.#asked
    try {
      while (asked === this.#asked && this.#next !== null && this.images.length <= index) {
        const page = await this.#link.ask('images.list', { query: this.query, before: this.#next, limit: pageSize })
        if (asked !== this.#asked) return
        this.images = [...this.images, ...page.images]
        this.#next = page.next
      }
    } finally {
      this.#isLoading = false
    }
  }

  /** Asks anew for all that is shown; where the view stands stays. */
  async #lookAgain(): Promise<void> {
    if (this.images.length === 0 || this.#isLoading) return
    this.#isLoading = true
    const asked = this.#asked
    try {
      const found: ImageSummary[] = []
      let next: number | null | undefined
      do {
        const before = typeof next === 'number' ? { before: next } : {}
        const page = await this.#link.ask('images.list', { query: this.query, ...before, limit: pageSize })
        found.push(...page.images)
        next = page.next
      } while (next !== null && found.length < this.images.length)
      if (asked !== this.#asked) return
      this.images = found
      this.#next = next
      if (this.current !== null) void this.#loadDetails(this.current)
    } finally {
      this.#isLoading = false
    }
  }

  async loadBoards(): Promise<void> {
    this.boards = await this.#link.ask('boards.list', {})
  }

  choose(id: number | null): void {
    this.current = id
    if (id === null) this.details = null
    else void this.#loadDetails(id)
  }

  /** Adds a picture to those that are chosen, or takes it away; the current one counts as the first of them. */
  toggle(id: number): void {
    if (this.chosen.size === 0 && this.current !== null && this.current !== id) this.chosen.add(this.current)
    if (!this.chosen.delete(id)) this.chosen.add(id)
    this.choose(id)
  }

  walk(by: number): void {
    const next = this.images[Math.min(this.images.length - 1, Math.max(0, this.currentIndex + by))]
    if (next !== undefined) this.choose(next.id)
  }

  /** What an action of the keyboard or a button works on: the chosen pictures, else the current one. */
  get targets(): readonly number[] {
    if (this.chosen.size > 0) return [...this.chosen]
    return this.current === null ? [] : [this.current]
  }

  /** Tells the library what the user thinks; with one picture the next one becomes the current. */
  async give(kind: FeedbackKind): Promise<void> {
    const targets = this.targets
    await Promise.all(targets.map((imageId) => this.#link.ask('feedback.add', { imageId, kind })))
    if (this.chosen.size === 0) this.walk(1)
  }

  async trash(): Promise<readonly number[]> {
    const ids = [...this.targets]
    if (ids.length === 0) return ids
    const isTrashed = this.filter.isTrashed === true
    await this.#link.ask(isTrashed ? 'images.restore' : 'images.trash', { ids })
    const at = this.currentIndex
    this.images = this.images.filter(({ id }) => !ids.includes(id))
    this.chosen.clear()
    this.choose(this.images[Math.min(at, this.images.length - 1)]?.id ?? null)
    if (this.count !== null) this.count -= ids.length
    return ids
  }

  async #loadDetails(id: number): Promise<void> {
    const details = await this.#link.ask('images.get', { id }).catch(() => null)
    if (this.current === id) this.details = details
  }
}
