import { setTimeout } from 'node:timers/promises'

/** Below this a rest is not worth its timer, ms. */
const leastWorkMs = 4

/** For work behind the windows: rests after it worked, so that whoever asks something meanwhile is answered. */
export class LoopShare {
  #sinceMs = performance.now()

  /**
   * To be called between parts of some milliseconds each.
   *
   * @param times how many times as long as it worked
   */
  async rest(times = 1): Promise<void> {
    const workedMs = performance.now() - this.#sinceMs
    if (workedMs < leastWorkMs) return
    await setTimeout(times * workedMs)
    this.#sinceMs = performance.now()
  }
}
