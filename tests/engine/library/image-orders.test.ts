import { describe, expect, it, onTestFinished } from 'vitest'
import { type ImageQuery, imageSorts, type ImageSort } from '../../../engine/contract/image-records.ts'
import { listIds, listImages } from '../../../engine/library/image-pages.ts'
import type { Library } from '../../../engine/library/library.ts'
import { makeTemporaryFolder, openLibrary, someImage, someRecipe } from './temporary-library.ts'

const coverageOf = (...shares: readonly number[]) =>
  shares.map((share, i) => ({ id: `r${i}`, inside: share, fill: 1, isObeyed: share >= 0.6 }))

/** 60 pictures, a third of them rated, a third with painted regions, every fifth about a moon. */
async function fullLibrary(): Promise<{ library: Library; ids: readonly number[] }> {
  const library = await openLibrary(await makeTemporaryFolder(onTestFinished))
  onTestFinished(() => library.close())
  const ids = library.images
    .addAll(
      Array.from({ length: 60 }, (_, i) =>
        someImage(String(i), {
          createdMs: 1000 + i,
          recipe: someRecipe({ prompt: i % 5 === 0 ? 'a moon' : 'a lake' }),
          ...(i % 3 === 1 && { coverage: coverageOf((i % 7) / 6, 1) }),
        }),
      ),
    )
    .map(({ image }) => image.id)
  for (const [i, id] of ids.entries()) {
    if (i % 3 === 0) library.feedback.add(id, (['rate-1', 'rate-3', 'rate-5'] as const)[(i / 3) % 3] ?? 'rate-1', 9000)
    if (i % 4 === 0) library.tags.change({ ids: [id], add: ['fourth'], remove: [] })
  }
  return { library, ids }
}

const walk = (library: Library, query: ImageQuery, sort: ImageSort): number[] => {
  const seen: number[] = []
  let page = listImages(library.database, { query, sort, limit: 7 })
  seen.push(...page.images.map(({ id }) => id))
  while (page.next !== null) {
    page = listImages(library.database, { query, sort, before: page.next, rank: page.rank, limit: 7 })
    seen.push(...page.images.map(({ id }) => id))
  }
  return seen
}

const queries: readonly Partial<ImageQuery>[] = [
  {},
  { text: 'moon' },
  { tag: 'fourth' },
  { leastRating: 3 },
  { tag: 'fourth', text: 'lake' },
  { toMs: 1020 },
  { isTrashed: true },
]

describe.each(imageSorts)('the order %s', (sort) => {
  it('gives every picture of a query once, page by page, as the whole list has them', async () => {
    const { library, ids } = await fullLibrary()
    library.images.trash(ids.slice(0, 9), 9000)
    for (const part of queries) {
      const query = { isTrashed: false, ...part }
      const all = listIds(library.database, query, sort)
      expect(all.length).toBeGreaterThan(3)
      expect(walk(library, query, sort)).toEqual(all)
      expect(all.toSorted((a, b) => a - b)).toEqual(listIds(library.database, query).toSorted((a, b) => a - b))
    }
  })

  it('is walked along an index where nothing narrows, so that no page sorts the library', async () => {
    const { library, ids } = await fullLibrary()
    const statements: string[] = []
    const spied = new Proxy(library.database, {
      get: (database, name) => {
        if (name !== 'prepare') return Reflect.get(database, name) as unknown // as the database has it
        return (sql: string) => {
          statements.push(sql)
          return database.prepare(sql)
        }
      },
    })
    listImages(spied, { query: { isTrashed: false }, sort, before: ids[30], rank: 1, limit: 7 })
    const [sql = ''] = statements
    const plan = library.database
      .prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all({ before: ids[30], rank: 1, limit: 7 })
      .map(({ detail }) => detail)
    expect(plan).toHaveLength(1)
    expect(plan[0]).toMatch(/^SEARCH image USING /)
  })
})

describe('orders', () => {
  it('put the oldest first, the most stars first, and what follows its words best first', async () => {
    const { library, ids } = await fullLibrary()
    const query = { isTrashed: false }
    const rowOf = (id: number) => library.images.summary(id)
    expect(listIds(library.database, query, 'oldest')).toEqual(ids)
    const newest = ids.toReversed()
    const byRank = (rank: (id: number) => number): number[] => newest.toSorted((a, b) => rank(b) - rank(a))
    expect(listIds(library.database, query, 'stars')).toEqual(byRank((id) => rowOf(id).rating ?? 0))
    expect(listIds(library.database, query, 'obedience')).toEqual(byRank((id) => rowOf(id).obedience ?? -1))
  })

  it('know how well a picture follows from its regions, and from its words once they are measured', async () => {
    const { library } = await fullLibrary()
    const id = library.images.add(someImage('x', { coverage: coverageOf(0.4, 1) })).image.id
    expect(library.images.summary(id).obedience).toBeCloseTo(0.7, 10)
    const score = (verdict: 'present' | 'weak' | 'ignored') => ({ value: 0.1, standardError: 0.1, verdict })
    library.alignment.putMeasured(
      id,
      {
        report: {
          form: 'in-prompt',
          words: (['present', 'weak', 'ignored'] as const).map((verdict) => ({
            word: verdict,
            isAppended: false,
            score: score(verdict),
            exponent: 1,
            maskShare: 0.1,
          })),
          steps: 12,
          mapSteps: 5,
          threshold: 0.5,
        },
        model: 'starter',
        durationMs: 1,
        atMs: 1,
      },
      [],
    )
    expect(library.images.summary(id).obedience).toBeCloseTo((0.4 + 1 + 1 + 0.5 + 0) / 5, 10)
    const plain = library.images.add(someImage('y')).image.id
    expect(library.images.summary(plain).obedience).toBeNull()
  })
})
