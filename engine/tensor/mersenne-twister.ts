const stateSize = 624
const shiftSize = 397

/**
 * The 32-bit Mersenne twister that torch's CPU generator runs on.
 *
 * @source Matsumoto and Nishimura 1998, "Mersenne Twister", MT19937 with the initialisation of 2002
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(stateSize)
  #used = stateSize

  /** @param seed  only its lowest 32 bits count, as in torch; negative seeds wrap around */
  constructor(seed: bigint | number) {
    let word = Number(BigInt.asUintN(32, BigInt(seed)))
    this.#state[0] = word
    for (let i = 1; i < stateSize; i += 1) {
      word = (Math.imul(1812433253, word ^ (word >>> 30)) + i) >>> 0
      this.#state[i] = word
    }
  }

  /** The next 32 random bits, 0 … 2³² − 1. */
  nextBits(): number {
    if (this.#used === stateSize) this.#renew()
    let bits = wordAt(this.#state, this.#used)
    this.#used += 1
    bits ^= bits >>> 11
    bits ^= (bits << 7) & 0x9d2c5680
    bits ^= (bits << 15) & 0xefc60000
    bits ^= bits >>> 18
    return bits >>> 0
  }

  #renew(): void {
    const state = this.#state
    for (let i = 0; i < stateSize; i += 1) {
      const mixed = (wordAt(state, i) & 0x80000000) | (wordAt(state, (i + 1) % stateSize) & 0x7fffffff)
      const twist = (mixed & 1) === 0 ? 0 : 0x9908b0df
      state[i] = wordAt(state, (i + shiftSize) % stateSize) ^ (mixed >>> 1) ^ twist
    }
    this.#used = 0
  }
}

/** `as`: every index above is below 624, so the element exists. */
const wordAt = (state: Uint32Array, index: number): number => state[index] as number
