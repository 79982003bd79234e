/** Uniform numbers in 0 … 1, the same at every run. @source Numerical Recipes, 3rd edition, 7.1.7 (a linear congruential generator) */
export const seeded = (seed: number): (() => number) => {
  let state = Math.imul(seed + 1, 2654435761) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
