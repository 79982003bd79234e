import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { caseTable } from './case-table.ts'
import { checkCase } from './check-case.ts'
import { caseKinds } from './kinds.ts'

const folder = join(import.meta.dirname, 'cases')
const caseNames = existsSync(folder) ? readdirSync(folder).sort() : []

describe('the recorded cases', () => {
  it.each(caseNames)('%s is what was recorded', async (caseName) => {
    const report = await checkCase(join(folder, caseName), caseKinds)
    expect(report.status, caseTable([report])).toBe('met')
  })

  it.each(caseKinds)('has a case of $name', ({ matches }) => {
    expect(caseNames.filter((caseName) => matches(caseName))).not.toEqual([])
  })
})
