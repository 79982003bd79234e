import { describe, expect, it } from 'vitest'
import { gradientRules } from '../../../engine/autodiff/rules.ts'
import { relativeError } from '../../reference/relative-error.ts'
import { compareGradients } from './finite-differences.ts'
import { ruleCases } from './rule-cases.ts'

/**
 * float64: a step h leaves an error of about h² and of 1e-16/h. float32 with a small step: h² = 1e-4 times a third of a
 * higher derivative, and 1e-7/h. Linear operators have no error of the first kind at all.
 */
const accuracy = {
  float64: { dtype: 'float64', step: 1e-5, tolerance: 1e-6 },
  float32: { dtype: 'float32', step: 1e-2, tolerance: 1e-3 },
  linear: { dtype: 'float32', step: 1, tolerance: 1e-5 },
} as const

describe('gradientRules', () => {
  it.each(ruleCases)(
    'agrees with finite differences: $op $of',
    async ({ shapes, build, range = [-2, 2], precision }) => {
      const { dtype, step, tolerance } = accuracy[precision]
      const comparisons = await compareGradients({ shapes, build, dtype, range, step })
      expect(comparisons).toHaveLength(shapes.length)
      for (const { ours, differences } of comparisons) {
        expect(relativeError(ours, differences)).toBeLessThanOrEqual(tolerance)
      }
    },
  )

  it('has a case for every rule', () => {
    const tested = new Set<string>(ruleCases.map(({ op }) => op))
    const rules = Object.entries(gradientRules).filter(([, rule]) => typeof rule === 'function')
    expect(rules.map(([op]) => op).filter((op) => !tested.has(op))).toEqual([])
  })
})
