import { describe, expect, it, onTestFinished } from 'vitest'
import type { ImageQuery } from '../../../engine/contract/image-records.ts'
import type { MeasuredAlignment } from '../../../engine/contract/picture-alignment-record.ts'
import { countImages, listDays, listIds, listImages, listUsedModels } from '../../../engine/library/image-pages.ts'
import type { NewImage } from '../../../engine/library/image-row.ts'
import type { Library } from '../../../engine/library/library.ts'
import { findDatabaseFaults } from '../../../engine/library/verify-database.ts'
import { makeTemporaryFolder, openLibrary, someImage, someRecipe } from './temporary-library.ts'

const newLibrary = async (): Promise<Library> => {
  const library = await openLibrary(await makeTemporaryFolder(onTestFinished))
  onTestFinished(() => library.close())
  return library
}

const visible: ImageQuery = { isTrashed: false }
const idsOf = (library: Library, query: Partial<ImageQuery>): number[] =>
  listImages(library.database, { query: { ...visible, ...query }, limit: 500 }).images.map(({ id }) => id)

const addPrompts = (library: Library, prompts: readonly string[]): number[] =>
  prompts.map((prompt) => library.images.add(someImage(prompt, { recipe: someRecipe({ prompt }) })).image.id)

const someMeasured = (
  words: readonly (readonly [word: string, verdict: 'ignored' | 'present'])[],
): MeasuredAlignment => ({
  report: {
    form: 'in-prompt',
    words: words.map(([word, verdict]) => ({
      word,
      isAppended: false,
      score: { value: 0.1, standardError: 0.1, verdict },
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
})

describe('rows of pictures', () => {
  it('give the same picture one row, however often it is added', async () => {
    const library = await newLibrary()
    const first = library.images.add(someImage('a'))
    expect(library.images.add(someImage('a'))).toEqual({ image: first.image, isNew: false })
    expect(countImages(library.database, visible)).toBe(1)
  })

  it('keep recipe, tags and boards together', async () => {
    const library = await newLibrary()
    const { id } = library.images.add(someImage('a')).image
    const board = library.boards.create('kettles', 1)
    library.boards.add(board.id, [id])
    library.tags.change({ ids: [id], add: ['shiny', 'iron'], remove: [] })
    expect(library.images.details(id)).toMatchObject({
      recipe: someRecipe(),
      tags: ['iron', 'shiny'],
      boardIds: [board.id],
      isInPlace: false,
    })
  })

  it('can hold more pictures of one millisecond than an id has room for', async () => {
    const library = await newLibrary()
    const added = library.images.addAll(Array.from({ length: 2500 }, (_, index) => someImage(`image ${index}`)))
    const ids = added.map(({ image }) => image.id)
    expect(new Set(ids).size).toBe(2500)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  })
})

describe('pages', () => {
  it('walk every picture once, newest first, while others arrive', async () => {
    const library = await newLibrary()
    const images = Array.from({ length: 25 }, (_, index) => someImage(`${index}`, { createdMs: 1000 + index }))
    const ids = library.images.addAll(images).map(({ image }) => image.id)
    const seen: number[] = []
    let before: number | undefined
    do {
      const page = listImages(library.database, { query: visible, before, limit: 10 })
      seen.push(...page.images.map(({ id }) => id))
      before = page.next ?? undefined
      library.images.add(someImage(`late ${seen.length}`, { createdMs: 5000 + seen.length }))
    } while (before !== undefined)
    expect(seen).toEqual(ids.toReversed())
  })

  it('narrow by board, tag, rating, flag, star, job and time at once', async () => {
    const library = await newLibrary()
    const job = library.jobs.add({ ...someRequest }, { priority: 0, isFirst: false, nowMs: 1 })
    const a = library.images.add(someImage('a', { createdMs: 1000, made: { jobId: job.id, picture: 0 } })).image.id
    const b = library.images.add(someImage('b', { createdMs: 2000 })).image.id
    const c = library.images.add(someImage('c', { createdMs: 3000 })).image.id
    const board = library.boards.create('best', 1)
    library.boards.add(board.id, [a, b])
    library.tags.change({ ids: [a, c], add: ['red'], remove: [] })
    library.feedback.add(a, 'rate-4', 10)
    library.feedback.add(b, 'rate-2', 10)
    library.feedback.add(a, 'pick', 11)
    library.feedback.add(c, 'star', 12)
    const cases: [Partial<ImageQuery>, number[]][] = [
      [{}, [c, b, a]],
      [{ boardId: board.id }, [b, a]],
      [{ tag: 'red' }, [c, a]],
      [{ tag: 'red', boardId: board.id }, [a]],
      [{ leastRating: 3 }, [a]],
      [{ leastRating: 1 }, [b, a]],
      [{ flag: 'pick' }, [a]],
      [{ isStarred: true }, [c]],
      [{ isStarred: false }, [b, a]],
      [{ jobId: job.id }, [a]],
      [{ fromMs: 2000 }, [c, b]],
      [{ toMs: 2000 }, [b, a]],
      [{ fromMs: 1500, toMs: 2500, boardId: board.id, leastRating: 2 }, [b]],
      [{ tag: 'nothing of that name' }, []],
      [{ text: 'kettle', tag: 'red', leastRating: 4 }, [a]],
    ]
    for (const [query, expected] of cases) {
      expect([query, idsOf(library, query)]).toEqual([query, expected])
      expect(countImages(library.database, { ...visible, ...query })).toBe(expected.length)
    }
  })

  it('narrow by model, seed, obeyed regions, ignored words and missing stars', async () => {
    const library = await newLibrary()
    const add = (name: string, of: Partial<NewImage>): number => library.images.add(someImage(name, of)).image.id
    const made = (name: string, seed: string): Pick<NewImage, 'recipe'> => {
      const recipe = someRecipe({ seed })
      return { recipe: { ...recipe, model: { ...recipe.model, name } } }
    }
    const region = (isObeyed: boolean) => ({ id: 'r', inside: 1, fill: 1, isObeyed })
    const a = add('a', { createdMs: 1000, ...made('Dusk v3', '7'), coverage: [region(true), region(false)] })
    const b = add('b', { createdMs: 2000, ...made('dusk_100%', '8'), coverage: [region(true)] })
    const c = add('c', { createdMs: 3000, ...made('starter', '7') })
    const d = add('d', { createdMs: 4000, recipe: null, foreign: { source: 'a1111', model: 'Dusk v3', seed: '9', other: {}, notes: [] } }) // prettier-ignore
    library.feedback.add(b, 'rate-2', 10)
    library.alignment.putMeasured(
      a,
      someMeasured([
        ['paper Lanterns', 'ignored'],
        ['moon', 'present'],
      ]),
      [],
    )
    library.alignment.putMeasured(c, someMeasured([['moon', 'ignored']]), [])
    const cases: [Partial<ImageQuery>, number[]][] = [
      [{ model: 'dusk' }, [d, b, a]],
      [{ model: 'DUSK V' }, [d, a]],
      [{ model: '%' }, [b]],
      [{ model: '_' }, [b]],
      [{ model: 'nothing' }, []],
      [{ seed: '7' }, [c, a]],
      [{ seed: '9', model: 'dusk' }, [d]],
      [{ obeysRegions: true }, [b]],
      [{ obeysRegions: false }, [a]],
      [{ isRated: false }, [d, c, a]],
      [{ isRated: true }, [b]],
      [{ ignored: 'lantern' }, [a]],
      [{ ignored: 'MOON' }, [c]],
      [{ ignored: '' }, [c, a]],
      [{ ignored: '', seed: '7', model: 'starter' }, [c]],
    ]
    for (const [query, expected] of cases) {
      expect([query, idsOf(library, query)]).toEqual([query, expected])
      expect(countImages(library.database, { ...visible, ...query })).toBe(expected.length)
      expect(listIds(library.database, { ...visible, ...query })).toEqual(expected)
    }
    // Measured anew, and not ignored any more.
    library.alignment.putMeasured(c, someMeasured([['moon', 'present']]), [])
    expect(idsOf(library, { ignored: '' })).toEqual([a])
    library.images.trash([a, b], 20)
    expect(idsOf(library, { model: 'dusk' })).toEqual([d])
    expect(idsOf(library, { model: 'dusk', isTrashed: true })).toEqual([b, a])
    expect(listUsedModels(library.database)).toEqual([
      { name: 'Dusk v3', images: 1 },
      { name: 'starter', images: 1 },
    ])
    expect(findDatabaseFaults(library.database)).toEqual([])
  })

  it('count pictures by day', async () => {
    const library = await newLibrary()
    const day = 86_400_000
    const ids = [0, 1, day, 3 * day].map((createdMs, index) => library.images.add(someImage(`${index}`, { createdMs })).image.id) // prettier-ignore
    expect(listDays(library.database)).toEqual([
      { day: '1970-01-04', count: 1, before: (ids[3] ?? 0) + 1 },
      { day: '1970-01-02', count: 1, before: (ids[2] ?? 0) + 1 },
      { day: '1970-01-01', count: 2, before: (ids[1] ?? 0) + 1 },
    ])
  })
})

describe('search', () => {
  it.each([
    ['kettle', ['a red kettle', 'Kettle, blue']],
    ['KETTLE red', ['a red kettle']],
    ['ket', ['a red kettle', 'Kettle, blue']],
    ['ket ', []],
    ['kettle -blue', ['a red kettle']],
    ['"red kettle"', ['a red kettle']],
    ['"kettle red"', []],
    ['cafe', ['un café']],
    ['-kettle', ['a red kettle', 'Kettle, blue', 'un café', '100% "quoted" (word:1.3) AND OR NOT']],
    ['quoted word', ['100% "quoted" (word:1.3) AND OR NOT']],
  ])('%s', async (text, expected) => {
    const library = await newLibrary()
    const prompts = ['a red kettle', 'Kettle, blue', 'un café', '100% "quoted" (word:1.3) AND OR NOT']
    const ids = addPrompts(library, prompts)
    const found = idsOf(library, { text }).map((id) => prompts[ids.indexOf(id)])
    expect(found.toSorted()).toEqual(expected.toSorted())
  })

  it.each(['"', '((', '*', 'a:b', 'prompt:x', 'NEAR(a b)', "'; DROP TABLE image; --", '^', '{a b}: c', '-', '- -', 'a"b"c', '\u{1F600}', 'AND', 'a OR', '""', '+', 'rowid:1'])(
    'survives %j',
    async (text) => {
      const library = await newLibrary()
      addPrompts(library, ['a red kettle'])
      expect(() => idsOf(library, { text })).not.toThrow()
      expect(countImages(library.database, visible)).toBe(1)
    },
  ) // prettier-ignore

  it('finds tags as soon as they are put on and no longer than they stay', async () => {
    const library = await newLibrary()
    const [id = 0] = addPrompts(library, ['a red kettle'])
    library.tags.change({ ids: [id], add: ['masterpiece'], remove: [] })
    expect(idsOf(library, { text: 'masterpiece' })).toEqual([id])
    library.tags.change({ ids: [id], add: [], remove: ['masterpiece'] })
    expect(idsOf(library, { text: 'masterpiece' })).toEqual([])
    expect(library.tags.list()).toEqual([])
  })
})

describe('trash', () => {
  it('hides, restores and, only from there, erases', async () => {
    const library = await newLibrary()
    const [a = 0, b = 0] = addPrompts(library, ['one kettle', 'two kettles'])
    expect(library.images.erase([a])).toEqual([])
    expect(library.images.trash([a, b, 12345], 99)).toEqual([a, b])
    expect(idsOf(library, {})).toEqual([])
    expect(idsOf(library, { isTrashed: true })).toEqual([b, a])
    expect(library.images.restore([b])).toEqual([b])
    expect(library.images.erase([a, b]).map(({ id }) => id)).toEqual([a])
    expect(idsOf(library, { text: 'kettle' })).toEqual([b])
    expect(() => library.images.row(a)).toThrowError(expect.objectContaining({ code: 'not-found' }))
  })
})

const someRequest = {
  kind: 'generate',
  prompt: 'a red kettle',
  negative: '',
  steps: 20,
  cfgScale: 7,
  sampler: 'euler',
  schedule: 'automatic',
  count: 1,
  guidance: 'cfg',
  guidanceRescale: 0,
  loras: [],
  steering: 'both',
} as const satisfies Parameters<Library['jobs']['add']>[0]
