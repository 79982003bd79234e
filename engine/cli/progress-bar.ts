/** One step of a picture's making. */
export interface StepShown {
  readonly done: number
  readonly total: number
  readonly stage: string
}

const barWidth = 24

/** One line on a terminal: a bar, what is being made, the step and the time left. */
export class ProgressBar {
  readonly #write: (text: string) => void
  readonly #columns: () => number
  readonly #now: () => number
  #label = ''
  #startedMs = 0
  #shown = false

  constructor(write: (text: string) => void, columns: () => number, now = (): number => performance.now()) {
    this.#write = write
    this.#columns = columns
    this.#now = now
  }

  /** Draws the bar for `label`; a new label starts a new estimate. */
  show({ done, total }: StepShown, label: string): void {
    if (label !== this.#label) {
      this.#label = label
      this.#startedMs = this.#now()
    }
    const filled = Math.round((barWidth * done) / total)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`
    const line = `${bar} ${done}/${total}${this.#timeLeft(done, total)}  ${label}`
    this.#write(`\r\x1b[2K${line.slice(0, Math.max(10, this.#columns() - 1))}`)
    this.#shown = true
  }

  /** Removes the bar so that a line can take its place. */
  clear(): void {
    if (this.#shown) this.#write('\r\x1b[2K')
    this.#shown = false
  }

  #timeLeft(done: number, total: number): string {
    if (done < 2 || done === total) return ''
    const elapsed = (this.#now() - this.#startedMs) / 1000
    return `  ${formatSeconds((elapsed / (done - 1)) * (total - done))} left`
  }
}

/** 75 → `1 min 15 s`. */
export const formatSeconds = (seconds: number): string => {
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
