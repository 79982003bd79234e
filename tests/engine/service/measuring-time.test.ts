import { describe, expect, it } from 'vitest'
import { measuringTime } from '../../../engine/service/alignment/measuring-time.ts'
import { someRecipe } from '../library/temporary-library.ts'

describe('the time that measuring takes', () => {
  it.each([
    ['two runs a step with guidance', { cfgScale: 5, guidance: 'cfg' as const }, 20],
    ['one run a step at scale 1', { cfgScale: 1, guidance: 'cfg' as const }, 40],
    ['one run a step without guidance', { cfgScale: 5, guidance: 'none' as const }, 40],
  ])('is that of its runs: %s', (_, guidance, runMs) => {
    const recipe = someRecipe({ ...guidance, steps: 20, durationMs: 800 })
    // Three words: five captions at twelve levels, and five maps.
    expect(measuringTime(recipe, 3)).toBeCloseTo(runMs * 65, 6)
  })
})
