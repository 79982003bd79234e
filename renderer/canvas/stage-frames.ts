import { emptyRect, isEmptyRect, type Rect, uniteRects } from './geometry.ts'

export interface StagePainters {
  readonly pictures: () => void
  /** @param dirty mask pixels; null = everything */
  readonly paint: (dirty: Rect | null) => void
  readonly overlay: () => void
}

const keptFrames = 240

/** Draws what changed, once per frame, and nothing when nothing did. */
export class StageFrames {
  readonly #painters: StagePainters
  #frame: number | null = null
  #wantsPictures = false
  #wantsPaint = false
  #wantsOverlay = false
  #dirty: Rect = emptyRect
  /** Own script time of the last frames in ms, for measuring. */
  readonly frameMs: number[] = []

  constructor(painters: StagePainters) {
    this.#painters = painters
  }

  pictures(): void {
    this.#wantsPictures = true
    this.#ask()
  }

  paint(): void {
    this.#wantsPaint = true
    this.#ask()
  }

  /** Only what a live stroke touched. */
  paintDirty(dirty: Rect): void {
    this.#dirty = uniteRects(this.#dirty, dirty)
    this.#ask()
  }

  overlay(): void {
    this.#wantsOverlay = true
    this.#ask()
  }

  stop(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame)
    this.#frame = null
  }

  #ask(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#draw()
    })
  }

  #draw(): void {
    const start = performance.now()
    this.#frame = null
    if (this.#wantsPictures) this.#painters.pictures()
    if (this.#wantsPaint) this.#painters.paint(null)
    else if (!isEmptyRect(this.#dirty)) this.#painters.paint(this.#dirty)
    if (this.#wantsOverlay) this.#painters.overlay()
    this.#wantsPictures = false
    this.#wantsPaint = false
    this.#wantsOverlay = false
    this.#dirty = emptyRect
    this.frameMs.push(performance.now() - start)
    if (this.frameMs.length > keptFrames) this.frameMs.shift()
  }
}
