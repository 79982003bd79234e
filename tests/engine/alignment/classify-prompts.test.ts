import { describe, expect, it } from 'vitest'
import { classifyPrompts } from '../../../engine/alignment/classify-prompts.ts'

/** Log signal-to-noise 4, 0, -4: spans 2, 4, 2 (the ends stand for half a gap). */
const steps = [4, 0, -4].map((level) => {
  const alpha = 1 / (1 + Math.exp(-level))
  return { signal: Math.sqrt(alpha), spread: Math.sqrt(1 - alpha) }
})

describe('classifyPrompts', () => {
  it('ranks prompts by their mean error, with the paired difference to the best', () => {
    const [worse, best] = classifyPrompts({
      errors: [
        [0.3, 0.5, 0.4],
        [0.2, 0.3, 0.1],
      ],
      steps,
      dimensions: 10,
    })
    expect(best?.behind).toEqual({ value: 0, standardError: 0 })
    expect(worse?.error).toBeCloseTo(0.4, 12)
    // differences 0.1, 0.2, 0.3
    expect(worse?.behind.value).toBeCloseTo(0.2, 12)
    expect(worse?.behind.standardError).toBeCloseTo(0.1 / Math.sqrt(3), 12)
  })

  it('has the posterior of the evidence lower bound when all steps agree', () => {
    // Equal spans would make every resample the same; a difference of 0 outside the middle leaves only its count.
    const fits = classifyPrompts({
      errors: [
        [0.2, 0.2, 0.2],
        [0.2, 0.2, 0.2],
      ],
      steps,
      dimensions: 4096,
    })
    expect(fits.map(({ posterior }) => posterior.value)).toEqual([0.5, 0.5])
    expect(fits.map(({ posterior }) => posterior.standardError)).toEqual([0, 0])
  })

  it('sums the bound over the noise levels', () => {
    // All three steps lie at two neighbours' distance 4 but the ends at 2: choose errors so that span · difference = 0.02.
    const [first] = classifyPrompts({
      errors: [
        [0.1, 0.1, 0.1],
        [0.11, 0.105, 0.11],
      ],
      steps,
      dimensions: 100,
    })
    // Any resample of three has the evidence 100/2 · 3 · 0.02 = 3 nats.
    expect(first?.posterior.value).toBeCloseTo(1 / (1 + Math.exp(-3)), 6)
    expect(first?.posterior.standardError).toBeCloseTo(0, 6)
  })

  it('is unsure when the steps disagree, and sums to 1', () => {
    const fits = classifyPrompts({
      errors: [
        [0.1, 0.3, 0.1],
        [0.2, 0.1, 0.2],
        [0.3, 0.3, 0.3],
      ],
      steps,
      dimensions: 500,
    })
    expect(fits.reduce((sum, { posterior }) => sum + posterior.value, 0)).toBeCloseTo(1, 12)
    expect(fits[0]?.posterior.standardError).toBeGreaterThan(0.2)
  })

  it('gives the same numbers every time', () => {
    const input = { errors: [[0.1, 0.3, 0.2], [0.2, 0.1, 0.3]], steps, dimensions: 50 } // prettier-ignore
    expect(classifyPrompts(input)).toEqual(classifyPrompts(input))
  })
})
