/**
 * Tells how long a job will still take, from what was measured so far: units of this picture, and whole pictures before
 * it. Null until the first unit is done.
 */
export class TimeLeft {
  readonly #pictures: number
  readonly #now: () => number
  #pictureStartMs: number
  #finished = 0
  #finishedMs = 0

  constructor(pictures: number, now: () => number) {
    this.#pictures = pictures
    this.#now = now
    this.#pictureStartMs = now()
  }

  /** @param done  units of the present picture, of `total` */
  after(done: number, total: number): number | null {
    if (done <= 0) return null
    const spentMs = this.#now() - this.#pictureStartMs
    const pictureMs = this.#finished > 0 ? this.#finishedMs / this.#finished : (spentMs / done) * total
    const here = Math.max(0, (spentMs / done) * (total - done))
    return Math.round(here + pictureMs * Math.max(0, this.#pictures - this.#finished - 1))
  }

  finishPicture(): void {
    const now = this.#now()
    this.#finished++
    this.#finishedMs += now - this.#pictureStartMs
    this.#pictureStartMs = now
  }
}
