import { expect, it } from 'vitest'
import { fuzzSafetensors } from './fuzz-safetensors.ts'

const seed = 1

it(`survives 1_000 mutated files of seed ${seed}`, () => {
  const { accepted, slowestMs, grownBytes } = fuzzSafetensors(1_000, seed)
  // both sides of the parser are reached: untouched files are among the mutated ones
  expect(accepted).toBeGreaterThan(1_000 / 20)
  expect(accepted).toBeLessThan((1_000 * 19) / 20)
  expect(slowestMs).toBeLessThan(200)
  // the files are below 2 kB each and nothing is kept: garbage not yet collected stays far below this
  expect(grownBytes).toBeLessThan(256 * 1024 * 1024)
})
