import { describe, expect, it } from 'vitest'
import { scoreWord, standardErrorOf, verdictOf } from '../../../engine/alignment/word-score.ts'

describe('scoreWord', () => {
  it('is the mean gain in units of the empty prompt, with the standard error of the paired gains', () => {
    const score = scoreWord({ withWord: [1, 1, 1], withoutWord: [2, 3, 4], empty: [4, 4, 4] })
    // gains 1, 2, 3: mean 2, standard deviation 1
    expect(score).toEqual({
      value: 0.5,
      standardError: expect.closeTo(1 / Math.sqrt(3) / 4, 12) as number,
      verdict: 'weak',
    })
  })

  it('does not see what both errors share', () => {
    const gains = { withWord: [0.1, 0.2, 0.3], withoutWord: [0.2, 0.3, 0.4], empty: [1, 1, 1] }
    expect(scoreWord(gains).standardError).toBeCloseTo(0, 12)
    expect(scoreWord(gains).value).toBeCloseTo(0.1, 12)
  })

  it('is 0 and ignored for a word that changes nothing', () => {
    expect(scoreWord({ withWord: [1, 2], withoutWord: [1, 2], empty: [3, 3] })).toEqual({
      value: 0,
      standardError: 0,
      verdict: 'ignored',
    })
  })

  it('refuses lists that do not belong together', () => {
    expect(() => scoreWord({ withWord: [1], withoutWord: [1, 2], empty: [1] })).toThrow(
      'errors of a probe: 1 steps, expected 2.',
    )
  })

  it('refuses a single step, whose error nobody knows', () => {
    expect(() => standardErrorOf([1])).toThrow('standard error: 1 steps, expected at least 2.')
  })
})

describe('verdictOf', () => {
  it.each([
    [0.01, 0.006, undefined, 'ignored'],
    [0.01, 0.004, undefined, 'weak'],
    [0.01, 0.0025, undefined, 'present'],
    [0.01, 0.001, 0.02, 'weak'],
    [0.02, 0.001, 0.02, 'present'],
    [0.02, 0.011, 0.02, 'ignored'],
    [-0.1, 0.001, undefined, 'ignored'],
  ] as const)('of %d ± %d with present from %j is %s', (value, standardError, present, expected) => {
    expect(verdictOf(value, standardError, present)).toBe(expected)
  })
})
