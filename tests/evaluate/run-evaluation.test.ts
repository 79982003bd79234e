import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Evaluation } from './evaluation.ts'
import { parseShare, runEvaluation } from './run-evaluation.ts'

let folder = ''
let measured: string[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-evaluation-'))
  measured = []
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Judges a, b, c, d by the length of their names; breaks at `breaksAt`. */
const letters = (breaksAt?: string): Evaluation => ({
  about: 'letters',
  items: async () => ['a', 'b', 'c', 'd'].map((id) => ({ id })),
  measure: async ({ id }) => {
    if (id === breaksAt) throw new Error('stopped')
    measured.push(id)
    return { length: id.length }
  },
  summarize: (rows) => ({ count: rows.length }),
})

const run = (evaluation: Evaluation, share = '1/1') =>
  runEvaluation(evaluation, {
    resultsPath: join(folder, 'deep', 'letters.jsonl'),
    share: parseShare(share),
    commit: 'abc',
    onRow: () => undefined,
  })

const row = (id: string) => ({ id, commit: 'abc', length: 1 })

describe('runEvaluation', () => {
  it('writes a line per item', async () => {
    expect(await run(letters())).toEqual([row('a'), row('b'), row('c'), row('d')])
  })

  it('goes on after it was stopped, and judges nothing twice', async () => {
    await expect(run(letters('c'))).rejects.toThrow('stopped')
    expect(await run(letters())).toEqual([row('a'), row('b'), row('c'), row('d')])
    expect(measured).toEqual(['a', 'b', 'c', 'd'])
  })

  it('judges an item again whose line was torn off', async () => {
    await expect(run(letters('b'))).rejects.toThrow('stopped')
    appendFileSync(join(folder, 'deep', 'letters.jsonl'), '{"id":"b","comm')
    expect(await run(letters())).toEqual([row('a'), row('b'), row('c'), row('d')])
  })

  it('takes its share of the items only', async () => {
    await run(letters(), '2/3')
    expect(measured).toEqual(['b'])
    await run(letters(), '1/3')
    expect(measured).toEqual(['b', 'a', 'd'])
  })
})

describe('parseShare', () => {
  it.each(['0/4', '5/4', '1', '1/0', 'a/b', '1/4/2'])('refuses %s', (text) => {
    expect(() => parseShare(text)).toThrow(RangeError)
  })
})
