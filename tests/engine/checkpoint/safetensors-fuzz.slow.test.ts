import { expect, it } from 'vitest'
import { fuzzSafetensors } from './fuzz-safetensors.ts'

/** A new seed each time; set FUZZ_SEED to repeat a printed one. */
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 32)

it(`survives 20_000 mutated files of seed ${seed}`, () => {
  console.log(`FUZZ_SEED=${seed}`)
  const { accepted, slowestMs, grownBytes } = fuzzSafetensors(20_000, seed)
  // both sides of the parser are reached: untouched files are among the mutated ones
  expect(accepted).toBeGreaterThan(20_000 / 20)
  expect(accepted).toBeLessThan((20_000 * 19) / 20)
  expect(slowestMs).toBeLessThan(200)
  // the files are below 2 kB each and nothing is kept: garbage not yet collected stays far below this
  expect(grownBytes).toBeLessThan(256 * 1024 * 1024)
})
