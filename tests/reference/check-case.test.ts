import { describe, expect, it } from 'vitest'
import type { CaseKind, CaseRow } from './case-kind.ts'
import { caseTable } from './case-table.ts'
import { checkCase } from './check-case.ts'

const kindOf = (rows: readonly CaseRow[]): CaseKind => ({
  name: 'toy',
  matches: (caseName) => caseName.startsWith('toy-'),
  check: async () => ({ tolerance: 1e-4, rows }),
})

const statusOf = async (rows: readonly CaseRow[]): Promise<string> =>
  (await checkCase('cases/toy-one', [kindOf(rows)])).status

describe('checkCase', () => {
  it.each([
    { what: 'an error on the bar', rows: [{ name: 'a', error: 1e-4 }], status: 'met' },
    { what: 'an error above the bar', rows: [{ name: 'a', error: 1.01e-4 }], status: 'missed' },
    {
      what: 'one miss among many',
      rows: [
        { name: 'a', error: 0 },
        { name: 'b', error: 1 },
      ],
      status: 'missed',
    },
    { what: 'an error that is not a number', rows: [{ name: 'a', error: Number.NaN }], status: 'missed' },
    { what: 'a bar of its own', rows: [{ name: 'a', error: 1e-3, tolerance: 1e-2 }], status: 'met' },
    { what: 'a low cosine', rows: [{ name: 'a', error: 0, cosine: 0.9999 }], status: 'missed' },
    { what: 'nothing compared', rows: [], status: 'missed' },
  ])('says $status for $what', async ({ rows, status }) => {
    expect(await statusOf(rows)).toBe(status)
  })

  it('names a case of which no kind is built', async () => {
    expect(await checkCase('cases/other-one', [kindOf([])])).toEqual({ status: 'not-built', caseName: 'other-one' })
  })

  it('keeps what a kind threw', async () => {
    const cause = new Error('no such tensor')
    const kind: CaseKind = { ...kindOf([]), check: () => Promise.reject(cause) }
    expect(await checkCase('cases/toy-one', [kind])).toEqual({
      status: 'thrown',
      caseName: 'toy-one',
      kind: 'toy',
      cause,
    })
  })
})

describe('caseTable', () => {
  it('shows each case with the row farthest beyond its bar, and every miss below', async () => {
    const rows = [
      { name: 'near', error: 9e-5 },
      { name: 'far', error: 0.5 },
    ]
    const reports = [await checkCase('cases/toy-one', [kindOf(rows)]), await checkCase('cases/new', [])]
    expect(caseTable(reports)).toMatchInlineSnapshot(`
      "case     kind  worst row  error   bar   cosine  rows
      toy-one  toy   far        5.0e-1  1e-4          2     MISSED
      new                                                   skipped: this kind is not built yet
      toy-one: far is off by 0.5, expected at most 0.0001"
    `)
  })
})
