import { describe, expect, it, onTestFinished } from 'vitest'
import { jobRequestSchema } from '../../../engine/contract/records.ts'
import type { Library } from '../../../engine/library/library.ts'
import { makeTemporaryFolder, openLibrary } from './temporary-library.ts'

const newLibrary = async (): Promise<Library> => {
  const library = await openLibrary(await makeTemporaryFolder(onTestFinished))
  onTestFinished(() => library.close())
  return library
}

const add = (library: Library, prompt: string): number =>
  library.jobs.add({ ...someRequest, prompt }, { priority: 0, isFirst: false, nowMs: 1 }).id

const waiting = (library: Library): string[] =>
  library.jobs
    .list(['waiting'], 10)
    .toSorted((a, b) => a.order - b.order)
    .map(({ request }) => request.prompt)

const someRequest = jobRequestSchema.parse({ kind: 'generate', prompt: '' })

describe('waiting jobs', () => {
  it('are put in front of others, and behind all', async () => {
    const library = await newLibrary()
    const [a = 0, b = 0, c = 0] = ['a', 'b', 'c'].map((prompt) => add(library, prompt))
    library.jobs.move(a, c)
    expect(waiting(library)).toEqual(['b', 'a', 'c'])
    library.jobs.move(b, null)
    expect(waiting(library)).toEqual(['a', 'c', 'b'])
    library.jobs.move(c, a)
    expect(waiting(library)).toEqual(['c', 'a', 'b'])
  })
})

describe('jobs that ended', () => {
  it('are forgotten one by one or all together; others stay', async () => {
    const library = await newLibrary()
    const [a = 0, b = 0, c = 0, d = 0] = ['a', 'b', 'c', 'd'].map((prompt) => add(library, prompt))
    for (const id of [a, b, c]) library.database.prepare("UPDATE job SET state = 'failed' WHERE id = ?").run(id)
    expect(library.jobs.forgetEnded([b, d])).toEqual([b])
    expect(library.jobs.forgetEnded([])).toEqual([])
    expect(library.jobs.forgetEnded()).toEqual([a, c])
    expect(waiting(library)).toEqual(['d'])
  })
})
