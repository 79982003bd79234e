/** Draws whole numbers from 0 (inclusive) to a bound (exclusive), or shares from 0 to 1, always the same for one seed. */
export interface SeededDraws {
  /** @param bound 1 to 2³² */
  readonly below: (bound: number) => number
  /** 0 ≤ share < 1, in steps of 2⁻³² */
  readonly share: () => number
}

/**
 * Draws that a seed fixes for good: prompts are expanded again when a picture is repeated.
 *
 * @param seed any whole number; its lowest 64 bits count
 * @source Steele, Lea, Flood 2014, SplitMix, with the 32-bit mixer of C. Wellons, `prospector` (lowbias32)
 */
export function seededDraws(seed: bigint): SeededDraws {
  const low = Number(BigInt.asUintN(32, seed))
  const high = Number(BigInt.asUintN(32, seed >> 32n))
  let state = (low ^ mix(high)) >>> 0
  const draw = (): number => {
    state = (state + 0x9e3779b9) >>> 0
    return mix(state)
  }
  const below = (bound: number): number => {
    // What lies above the largest multiple of the bound is drawn again, so that no number is favoured.
    const limit = 2 ** 32 - (2 ** 32 % bound)
    let drawn = draw()
    while (drawn >= limit) drawn = draw()
    return drawn % bound
  }
  return { below, share: () => draw() / 2 ** 32 }
}

/** 0 stays 0, so that seeds below 2³² are taken as they are. */
function mix(value: number): number {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
