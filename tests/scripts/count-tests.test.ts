import { describe, expect, it } from 'vitest'
import { countTests, describeCounts } from '../../scripts/count-tests.mjs'

const file = (status: string, ...tests: readonly string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map((test) => ({ status: test })),
})

describe('countTests', () => {
  it.each([
    { what: 'a green run', files: [file('passed', 'passed', 'passed')], code: 0, line: '2 passed, 0 failed' },
    { what: 'a failed test', files: [file('failed', 'passed', 'failed')], code: 1, line: '1 passed, 1 failed' },
    {
      what: 'a skipped test',
      files: [file('passed', 'passed', 'skipped', 'todo')],
      code: 0,
      line: '1 passed, 0 failed, 2 skipped',
    },
    {
      what: 'a file that does not load',
      files: [file('failed'), file('passed', 'passed')],
      code: 1,
      line: '1 passed, 1 failed',
    },
    {
      what: 'a setup that fails',
      files: [file('failed', 'skipped', 'skipped')],
      code: 1,
      line: '0 passed, 1 failed, 2 skipped',
    },
    { what: 'an error outside of all tests', files: [file('passed', 'passed')], code: 1, line: '1 passed, 1 failed' },
    { what: 'no tests at all', files: [], code: 0, line: '0 passed, 1 failed' },
    { what: 'only skipped tests', files: [file('passed', 'skipped')], code: 0, line: '0 passed, 1 failed, 1 skipped' },
  ])('counts $what', ({ files, code, line }) => {
    expect(describeCounts(countTests({ testResults: files }, code))).toBe(line)
  })

  it('counts a skipped test as failed in a file that must run', () => {
    const stories = { ...file('passed', 'passed', 'skipped'), name: 'stories.test.ts' }
    const report = { testResults: [stories, file('passed', 'skipped')] }
    expect(countTests(report, 0, (path) => path === 'stories.test.ts')).toEqual({ passed: 1, failed: 1, skipped: 1 })
  })

  it('counts a crash that left no report as a failure', () => {
    expect(describeCounts(countTests(undefined, 134))).toBe('0 passed, 1 failed')
  })
})
