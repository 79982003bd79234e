/**
 * Tells how long a job will still take, from what was measured so far: units of this picture, and whole pictures before
 * it. Null until the first unit is done. A picture that is drawn again, or looked at, counts anew.
 */
export class TimeLeft {
  readonly #pictures: number
  readonly #now: () => number
  #pictureStartMs: number
  /** Of what is counted now. */
  #partStartMs: number
  #done = 0
  #lastMs = 0
  #finished = 0
  #finishedMs = 0

  constructor(pictures: number, now: () => number) {
    this.#pictures = pictures
    this.#now = now
    this.#pictureStartMs = now()
    this.#partStartMs = this.#pictureStartMs
  }

  /** @param done  units of the present picture, of `total` */
  after(done: number, total: number): number | null {
    if (done <= 0) return null
    if (done < this.#done) this.#partStartMs = this.#lastMs
    this.#done = done
    this.#lastMs = this.#now()
    const spentMs = this.#lastMs - this.#partStartMs
    const pictureMs = this.#finished > 0 ? this.#finishedMs / this.#finished : (spentMs / done) * total
    const here = Math.max(0, (spentMs / done) * (total - done))
    return Math.round(here + pictureMs * Math.max(0, this.#pictures - this.#finished - 1))
  }

  finishPicture(): void {
    const now = this.#now()
    this.#finished++
    this.#finishedMs += now - this.#pictureStartMs
    this.#pictureStartMs = now
    this.#partStartMs = now
    this.#done = 0
  }
}
