import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { samplerCase } from '../../../reference/kinds/sampler.ts'

const folder = join(import.meta.dirname, '../../../reference/cases')
const caseNames = readdirSync(folder).filter((name) => samplerCase.matches(name))

/** In each row: one prediction, one number of steps; lcm was recorded with 4 steps only. */
const trajectories = (caseName: string): number => (caseName === 'sampler-lcm' ? 2 : 4)

describe('recorded trajectories', () => {
  it('exist for every sampler', () => {
    expect(caseNames).toHaveLength(13)
  })

  it.each(caseNames)('of %s are those of diffusers', async (caseName) => {
    const { rows, tolerance } = await samplerCase.check(join(folder, caseName))
    expect(rows.filter(({ error, tolerance: own = tolerance }) => !(error <= own))).toEqual([])
    expect(rows.filter(({ name }) => /^(epsilon|v_prediction)_\d+$/.test(name))).toHaveLength(trajectories(caseName))
  })
})
