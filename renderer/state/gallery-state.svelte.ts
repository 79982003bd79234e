import { SvelteSet } from 'svelte/reactivity'
import type { Board } from '../../engine/contract/calls/image-calls.ts'
import type { FeedbackKind } from '../../engine/contract/feedback-records.ts'
import type { ImageDetails, ImageQuery, ImageSort, ImageSummary } from '../../engine/contract/image-records.ts'
import { inChunks } from '../gallery/in-chunks.ts'
import { PictureNews, withChanges, withMore, withoutPictures, withPictures } from '../gallery/merge-pictures.ts'
import { compareIn, type PagePlace, placeAfter, StandingHeadings } from '../gallery/picture-order.ts'
import { parseSearch, type TokenName } from '../gallery/parse-search.ts'
import { SearchText } from './search-text.svelte.ts'
import type { ServiceLink } from '../connection/service-link.ts'

const pageSize = { first: 200, more: 500 } as const

/** The library as the gallery shows it: pages of pictures in some order, what is chosen, and its details. */
export class GalleryState {
  readonly #link: ServiceLink
  #asked = 0
  #next: PagePlace = null
  #loading: Promise<void> | null = null
  #shown = ''
  readonly #news = new PictureNews(() => {
    this.#takeNews()
  })
  images: readonly ImageSummary[] = $state.raw([])
  count: number | null = $state(null)
  readonly text = new SearchText()
  filter: Partial<ImageQuery> = $state.raw({})
  sort: ImageSort = $state('newest')
  /** The order of `images`: another one that is asked for comes with its pictures. */
  sorted: ImageSort = $state('newest')
  readonly headings = new StandingHeadings()
  boards: readonly Board[] = $state.raw([])
  current: number | null = $state(null)
  readonly chosen = new SvelteSet<number>()
  details: ImageDetails | null = $state.raw(null)
  cellSize = $state(160)
  isLooking = $state(false)
  /** Pictures that go into the board that is being named; null = no board is. */
  naming: readonly number[] | null = $state.raw(null)
  /** Pictures of the trash that are about to go for good, if that is meant. */
  erasing: readonly number[] | null = $state.raw(null)
  /** The search that is being named, to be kept. */
  namingSearch: string | null = $state(null)
  /** Grows with everything that may change how many pictures there are of a kind. */
  revision = $state(0)
  readonly currentIndex = $derived(this.images.findIndex(({ id }) => id === this.current))
  /** Where a stretch of pictures begins that Shift extends. */
  #anchor: number | null = null

  constructor(link: ServiceLink) {
    this.#link = link
    link.on('image.added', (image) => {
      this.#news.add(image)
    })
    link.on('image.changed', (image) => {
      this.#news.change(image)
    })
    link.on('images.changed', () => void this.#lookAgain())
    link.on('image.erased', ({ ids }) => {
      this.revision++
      this.images = withoutPictures(this.images, ids)
    })
    link.on('boards.changed', () => void this.loadBoards())
  }

  get search(): string {
    return this.text.whole
  }

  /** Whether anything but the whole library is shown. */
  get isNarrowed(): boolean {
    return this.search.trim() !== '' || Object.keys(this.filter).length > 0
  }

  get query(): ImageQuery {
    return { isTrashed: false, ...parseSearch(this.search), ...this.filter }
  }

  /** Shows what a search finds in the whole library. */
  async look(search: string): Promise<void> {
    this.filter = {}
    this.text.set(search)
    await this.load()
  }

  /** Narrows by a token, or no longer when the value is null. */
  async narrow(name: TokenName, value: string | null): Promise<void> {
    this.text.put(name, value)
    await this.load()
  }

  /** Starts over with the present search and filter. */
  async load(): Promise<void> {
    this.#asked++
    await Promise.all([this.#loadFirst(this.#asked), this.#countAll(this.#asked)])
  }

  /** Taken as soon as it comes: what changes while the count is awaited would else be shown as it was. */
  async #loadFirst(asked: number): Promise<void> {
    const { query, sort } = this
    const page = await this.#link.ask('images.list', { query, sort, limit: pageSize.first })
    if (asked !== this.#asked) return
    this.headings.clear()
    this.sorted = sort
    // What is chosen stays while the same pictures are shown.
    if (this.#shown !== JSON.stringify(query)) this.chosen.clear()
    this.#shown = JSON.stringify(query)
    this.images = page.images
    this.#next = placeAfter(page)
    if (this.current === null || this.currentIndex < 0) this.choose(page.images[0]?.id ?? null)
  }

  async #countAll(asked: number): Promise<void> {
    const { count } = await this.#link.ask('images.count', { query: this.query })
    if (asked === this.#asked) this.count = count
  }

  /** Loads the next pages until at least `index` is there; the list grows once. */
  async reach(index: number): Promise<void> {
    while (this.#loading !== null) await this.#loading
    if (this.#next === null || this.images.length > index) return
    const loading = this.#loadUpTo(index)
    this.#loading = loading.then(
      () => undefined,
      () => undefined,
    )
    try {
      await loading
    } finally {
      this.#loading = null
    }
  }

  /** Asks anew for all that is shown; where the view stands stays. */
  async #lookAgain(): Promise<void> {
    while (this.#loading !== null) await this.#loading
    if (this.images.length === 0) return
    const found = await this.#read('the first', this.images.length)
    if (found === undefined) return
    this.headings.clear()
    this.images = found.images
    this.#next = found.next
    this.revision++
    if (this.current !== null) void this.#loadDetails(this.current)
  }

  async #loadUpTo(index: number): Promise<void> {
    const found = await this.#read(this.#next, index + 1 - this.images.length)
    if (found === undefined) return
    this.images = withMore(this.images, found.images)
    this.#next = found.next
  }

  /** Pages from a place on, until there are so many pictures; undefined when something else was asked for meanwhile. */
  async #read(
    place: PagePlace | 'the first',
    count: number,
  ): Promise<{ readonly images: readonly ImageSummary[]; readonly next: PagePlace } | undefined> {
    const asked = this.#asked
    const { query, sort } = this
    const images: ImageSummary[] = []
    let next = place
    while (next !== null && images.length < count) {
      const from = next === 'the first' ? {} : next
      const page = await this.#link.ask('images.list', { query, sort, ...from, limit: pageSize.more })
      if (asked !== this.#asked) return undefined
      images.push(...page.images)
      next = placeAfter(page)
    }
    return { images, next: next === 'the first' ? null : next }
  }

  /** Shows the library in another order, from its beginning. */
  async order(sort: ImageSort): Promise<void> {
    this.sort = sort
    this.current = null
    await this.load()
  }

  async loadBoards(): Promise<void> {
    this.boards = await this.#link.ask('boards.list', {})
  }

  choose(id: number | null): void {
    this.#anchor = id
    this.#show(id)
  }

  /** Adds a picture to those that are chosen, or takes it away; the current one counts as the first of them. */
  toggle(id: number): void {
    if (this.chosen.size === 0 && this.current !== null && this.current !== id) this.chosen.add(this.current)
    if (!this.chosen.delete(id)) this.chosen.add(id)
    this.choose(id)
  }

  /** Chooses everything from where the stretch began up to `index`, and nothing else. */
  extendTo(index: number): void {
    const image = this.images[index]
    if (image === undefined) return
    const anchor = this.images.findIndex(({ id }) => id === this.#anchor)
    const from = anchor < 0 ? index : anchor
    this.chosen.clear()
    for (const { id } of this.images.slice(Math.min(from, index), Math.max(from, index) + 1)) this.chosen.add(id)
    this.#show(image.id)
  }

  /** Chooses exactly these; what stays chosen is not touched, so that a band over thousands is drawn at once. */
  chooseThese(ids: ReadonlySet<number>): void {
    for (const id of this.chosen) if (!ids.has(id)) this.chosen.delete(id)
    for (const id of ids) if (!this.chosen.has(id)) this.chosen.add(id)
  }

  /** Every picture that is found, those not loaded yet included. */
  async chooseAll(): Promise<void> {
    const { query, sort } = this
    const ids = await this.#link.ask('images.ids', { query, sort })
    this.chosen.clear()
    for (const id of ids) this.chosen.add(id)
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
    await inChunks(this.targets, (ids) => this.#link.ask('feedback.addToAll', { ids, kind }))
    if (this.chosen.size === 0) this.walk(1)
  }

  async addToBoard(id: number, imageIds: readonly number[]): Promise<void> {
    await inChunks(imageIds, (ids) => this.#link.ask('boards.add', { id, imageIds: ids }))
  }

  async trash(): Promise<readonly number[]> {
    const ids = [...this.targets]
    if (ids.length === 0) return ids
    const call = this.filter.isTrashed === true ? 'images.restore' : 'images.trash'
    await inChunks(ids, (some) => this.#link.ask(call, { ids: some }))
    const at = this.currentIndex
    this.images = withoutPictures(this.images, ids)
    this.chosen.clear()
    this.choose(this.images[Math.min(at, this.images.length - 1)]?.id ?? null)
    if (this.count !== null) this.count -= ids.length
    return ids
  }

  /** Everything in the trash, whatever is searched for. */
  findTrash(): Promise<readonly number[]> {
    return this.#link.ask('images.ids', { query: { isTrashed: true } })
  }

  /** Files and every trace of pictures that are in the trash. */
  async erase(ids: readonly number[]): Promise<void> {
    await inChunks(ids, (some) => this.#link.ask('images.erase', { ids: some }))
    this.chosen.clear()
    await this.load()
  }

  async takeFromBoard(id: number, imageIds: readonly number[]): Promise<void> {
    await inChunks(imageIds, (ids) => this.#link.ask('boards.take', { id, imageIds: ids }))
    this.chosen.clear()
    await this.load()
  }

  async restore(ids: readonly number[]): Promise<void> {
    await inChunks(ids, (some) => this.#link.ask('images.restore', { ids: some }))
    await this.load()
  }

  #takeNews(): void {
    const { fresh, changed } = this.#news.take(this.images)
    this.revision++
    if (fresh.length > 0 && !this.isNarrowed) {
      this.images = withPictures(this.images, fresh, { compare: compareIn(this.sorted), isWhole: this.#next === null })
      if (this.count !== null) this.count += fresh.length
      if (this.current === null) this.choose(this.images[0]?.id ?? null)
    }
    this.images = withChanges(this.images, changed)
    if (this.details !== null && changed.has(this.details.id)) void this.#loadDetails(this.details.id)
  }

  #show(id: number | null): void {
    this.current = id
    if (id === null) this.details = null
    else void this.#loadDetails(id)
  }

  async #loadDetails(id: number): Promise<void> {
    const details = await this.#link.ask('images.get', { id }).catch(() => null)
    if (this.current === id) this.details = details
  }
}
