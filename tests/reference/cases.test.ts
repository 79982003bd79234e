import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkCase } from './check-case.ts'
import { caseKinds } from './kinds.ts'

const folder = join(import.meta.dirname, 'cases')
const caseNames = existsSync(folder) ? readdirSync(folder).sort() : []

describe('the recorded cases', () => {
  it.each(caseNames)('%s is what was recorded', async (caseName) => {
    expect(await checkCase(join(folder, caseName), caseKinds)).toMatchObject({ status: 'met' })
  })

  it.each(caseKinds)('has a case of $name', ({ matches }) => {
    expect(caseNames.filter((caseName) => matches(caseName))).not.toEqual([])
  })
})
