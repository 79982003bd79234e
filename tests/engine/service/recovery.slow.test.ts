import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pictureTexts } from '../../../engine/image/metadata/picture-texts.ts'
import { hashOf } from '../../../engine/library/image-files.ts'
import { imagePath, libraryFolders } from '../../../engine/library/library-folders.ts'
import { Library } from '../../../engine/library/library.ts'
import type { NewImage } from '../../../engine/library/image-row.ts'
import { openDatabase } from '../../../engine/library/open-database.ts'
import { quantile } from '../../bench/quantile.ts'
import { makeTemporaryFolder, migrationsFolder, someRecipe } from '../library/temporary-library.ts'
import { somePng } from './some-png.ts'
import { ended, nextEvent, openService } from './temporary-service.ts'

const place = async (root: string, bytes: Uint8Array): Promise<string> => {
  const path = imagePath(libraryFolders(root), hashOf(bytes), 'png')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
  return path
}

const lostImage = (index: number): NewImage => ({
  hash: hashOf(new TextEncoder().encode(String(index))),
  createdMs: 1_700_000_000_000 + index * 1000,
  width: 64,
  height: 64,
  format: 'png',
  sizeBytes: 100,
  recipe: null,
  foreign: null,
})

describe('start', () => {
  it('takes pictures without a row in again, at their place in their job, and makes none of them twice', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const first = await openService(root)
    const { id } = await first.window.call('jobs.add', {
      request: { prompt: 'a kettle', seed: '5', steps: 2, count: 2 },
    })
    await ended(first.window, id)
    // As if the power went out between the file and its row, twice.
    first.service.library.database.exec('DELETE FROM image; DELETE FROM image_text')
    first.service.library.database.prepare("UPDATE job SET state = 'running'").run()
    first.service.library.database.prepare('UPDATE library SET is_open = 1').run()
    await first.service.close()
    const second = await openService(root)
    onTestFinished(() => second.service.close())
    expect(await second.service.recovered).toMatchObject({ readopted: 2, missing: 0, unreadable: [] })
    expect(await second.window.call('jobs.get', { id })).toMatchObject({ state: 'done', finished: 2 })
    const { images } = await second.window.call('images.list', { query: { text: 'kettle' } })
    const seeds = await Promise.all(images.map(async (image) => (await second.window.call('images.get', { id: image.id })).recipe?.seed)) // prettier-ignore
    expect(seeds.toSorted()).toEqual(['5', '6'])
  })

  it('gives a picture of another library no place in a job here', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const origin = { library: 'another', jobId: 1, picture: 0, createdMs: 1_600_000_000_000 }
    await place(root, somePng(1, pictureTexts({ version: 1, recipe: someRecipe(), origin }, 'full')))
    const { service, window } = await openService(root)
    onTestFinished(() => service.close())
    await service.recovered
    const { images } = await window.call('images.list', { query: {} })
    expect(images).toMatchObject([{ jobId: null, createdMs: 1_600_000_000_000 }])
  })

  it('marks rows without a file and takes the mark away when the file is back', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const first = await openService(root)
    const { id } = await first.window.call('images.upload', { name: 'a.png', base64: base64(somePng(1)) })
    await first.service.close()
    const path = imagePath(libraryFolders(root), hashOf(somePng(1)), 'png')
    await rename(path, join(root, 'elsewhere'))
    const second = await openService(root)
    expect((await second.service.recovered).missing).toBe(1)
    expect(await second.window.call('images.get', { id })).toMatchObject({ isMissing: true })
    await second.service.close()
    await rename(join(root, 'elsewhere'), path)
    const third = await openService(root)
    onTestFinished(() => third.service.close())
    await third.service.recovered
    expect(await third.window.call('images.get', { id })).toMatchObject({ isMissing: false })
  })

  it('answers at once while it finds that every file is gone, and tells windows of it once', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const library = await Library.open({ root, migrationsFolder, nowMs: 1 })
    const rows = 20_000
    library.images.addAll(Array.from({ length: rows }, (_, index) => lostImage(index)))
    library.close()
    const { service, window } = await openService(root)
    onTestFinished(() => service.close())
    const told = { single: 0, many: 0 }
    window.on('image.changed', () => told.single++)
    window.on('images.changed', () => told.many++)
    const state = { isOver: false }
    const recovered = service.recovered.finally(() => (state.isOver = true))
    const waited: number[] = []
    while (!state.isOver) {
      const asked = performance.now()
      await window.call('images.list', { query: {} })
      waited.push(performance.now() - asked)
    }
    expect((await recovered).missing).toBe(rows)
    // It looks in so many turns, with a question answered in each. One in twenty may meet a checkpoint of the log.
    expect(waited.length).toBeGreaterThan(50)
    expect(quantile(waited, 0.95)).toBeLessThan(50)
    await expect.poll(() => told.many).toBeGreaterThan(0)
    expect(told.single).toBe(0)
    const { images } = await window.call('images.list', { query: {}, limit: 200 })
    expect(images.filter(({ isMissing }) => isMissing)).toHaveLength(200)
  })

  it('draws what waits before it has marked the rows whose files are gone', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const library = await Library.open({ root, migrationsFolder, nowMs: 1 })
    const rows = 20_000
    library.images.addAll(Array.from({ length: rows }, (_, index) => lostImage(index)))
    library.close()
    const { service, window } = await openService(root)
    onTestFinished(() => service.close())
    const unmarked = (): number =>
      service.library.database
        .prepare<[], { count: number }>('SELECT count(*) AS count FROM image WHERE is_missing = 0')
        .get()?.count ?? 0
    const left: number[] = []
    window.on('job.changed', ({ state }) => {
      if (state === 'running' && left.length === 0) left.push(unmarked())
    })
    const { id } = await window.call('jobs.add', { request: { prompt: 'a kettle', seed: '5', steps: 2, count: 1 } })
    await ended(window, id)
    expect(left).toEqual([expect.any(Number)])
    expect(left[0]).toBeGreaterThan(0)
    await service.recovered
    expect(unmarked()).toBe(1)
  })

  it('removes temporary files of writes that were cut off, and nothing else', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const kept = await place(root, somePng(1))
    const torn = await place(root, somePng(2))
    await writeFile(torn, 'not what its name says')
    const old = new Date(Date.now() - 60_000)
    const temporary = join(dirname(kept), '.attune-0123456789abcdef.tmp')
    const users = join(dirname(kept), 'notes.tmp')
    for (const path of [temporary, users]) {
      await writeFile(path, 'x')
      await utimes(path, old, old)
    }
    const { service } = await openService(root)
    onTestFinished(() => service.close())
    expect(await service.recovered).toMatchObject({
      readopted: 1,
      temporaryRemoved: 1,
      unreadable: [hashOf(somePng(2))],
    })
    expect((await readdir(dirname(kept))).includes('notes.tmp')).toBe(true)
    await expect(stat(temporary)).rejects.toMatchObject({ code: 'ENOENT' })
    expect((await readFile(torn)).toString()).toBe('not what its name says')
  })
})

describe('the look through the folders', () => {
  const many = async (root: string): Promise<void> => {
    for (let number = 0; number < 200; number++) await place(root, somePng(number))
  }

  it('goes on while windows are served; what they see is announced once, and uploads wait for it', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    await many(root)
    const { service, window } = await openService(root)
    onTestFinished(() => service.close())
    const announced: number[] = []
    window.on('image.added', ({ id }) => announced.push(id))
    expect((await window.call('app.describe', {})).start.isComplete).toBe(false)
    const uploads = [5, 201, 202].map((number) => window.call('images.upload', { name: 'a.png', base64: base64(somePng(number)) })) // prettier-ignore
    expect((await Promise.all(uploads)).map(({ isNew }) => isNew)).toEqual([false, true, true])
    expect(await service.recovered).toMatchObject({ readopted: 200 })
    expect((await window.call('app.describe', {})).start).toMatchObject({ isComplete: true, readopted: 200 })
    const { images } = await window.call('images.list', { query: {}, limit: 500 })
    expect(images).toHaveLength(202)
    expect(new Set(announced).size).toBe(announced.length)
    expect(announced.toSorted()).toEqual(images.map(({ id }) => id).toSorted())
  })

  it('ends early when Attune is closed, and goes on at the next start', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    await many(root)
    const first = await openService(root)
    await first.service.close()
    const before = (await first.service.recovered).readopted
    expect(before).toBeLessThan(200)
    const second = await openService(root)
    onTestFinished(() => second.service.close())
    expect((await second.service.recovered).readopted).toBe(200 - before)
  })

  it('that the disk refuses pauses the queue, which goes on when somebody has put it right', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    await mkdir(join(root, 'images'), { recursive: true })
    await writeFile(join(root, 'images', 'ab'), 'no folder')
    const { service, window } = await openService(root)
    onTestFinished(() => service.close())
    await service.recovered
    const { id } = await window.call('jobs.add', { request: { prompt: 'a kettle', seed: '5', steps: 1 } })
    expect(await window.call('queue.state', {})).toMatchObject({ isPaused: true, reason: 'disk-failed', waiting: 1 })
    await rm(join(root, 'images', 'ab'))
    const end = ended(window, id)
    await window.call('queue.resume', {})
    expect(await end).toMatchObject({ state: 'done', finished: 1 })
  })

  it('leaves the queue paused after a crash until somebody lets it go on', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const first = await openService(root)
    const begun = nextEvent(first.window, 'job.progress')
    const { id } = await first.window.call('jobs.add', { request: { prompt: 'slow kettle', seed: '5', steps: 150 } })
    await begun
    await first.service.close()
    const database = openDatabase(libraryFolders(root).database)
    database.exec('UPDATE library SET is_open = 1')
    database.close()
    const second = await openService(root)
    onTestFinished(() => second.service.close())
    expect(await second.window.call('queue.state', {})).toMatchObject({ isPaused: true, reason: 'crash', waiting: 1 })
    await second.service.recovered
    expect(await second.window.call('jobs.get', { id })).toMatchObject({ state: 'waiting', finished: 0 })
    const end = ended(second.window, id)
    await second.window.call('queue.resume', {})
    expect(await end).toMatchObject({ state: 'done', finished: 1 })
  })
})

describe('documents through the contract', () => {
  it('travel as one file with their masks and their whole history', async () => {
    const [a, b] = [await makeTemporaryFolder(onTestFinished), await makeTemporaryFolder(onTestFinished)]
    const from = await openService(a)
    onTestFinished(() => from.service.close())
    const { hash } = await from.window.call('documents.putBlob', { base64: base64(somePng(9)) })
    const { id } = await from.window.call('documents.create', { name: 'My / plan', state: { regions: [] } })
    for (const [index, region] of [{ mask: hash }, { mask: 'none' }].entries()) {
      const edits = [{ kind: 'insert' as const, path: ['regions', index], value: region }]
      await from.window.call('documents.append', { id, sequence: index, label: `region ${index}`, edits })
    }
    await from.window.call('documents.undo', { id, sequence: 2 })
    const file = await from.window.call('documents.export', { id })
    expect(file.fileName).toBe('My - plan.attune')
    const to = await openService(b)
    onTestFinished(() => to.service.close())
    const open = await to.window.call('documents.import', { base64: file.base64 })
    expect(open).toMatchObject({ name: 'My / plan', sequence: 1, state: { regions: [{ mask: hash }] } })
    expect((await to.window.call('documents.redo', { id: open.id, sequence: 1 })).state).toEqual({ regions: [{ mask: hash }, { mask: 'none' }] }) // prettier-ignore
    for (const sequence of [2, 1]) await to.window.call('documents.undo', { id: open.id, sequence })
    expect((await to.window.call('documents.open', { id: open.id })).state).toEqual({ regions: [] })
    expect(await to.window.call('documents.getBlob', { hash })).toEqual({ base64: base64(somePng(9)) })
  })

  it.each(['', 'H4sIAAAAAAAAA6tWKkktLlGyUlAqS8wpTtVRKi1OLVKyUqgFAK2yQ0wYAAAA', base64(somePng(1))])(
    'that are no documents are refused',
    async (text) => {
      const { service, window } = await openService(await makeTemporaryFolder(onTestFinished))
      onTestFinished(() => service.close())
      await expect(window.call('documents.import', { base64: text })).rejects.toMatchObject({ code: 'file-malformed' })
      expect(await window.call('documents.list', {})).toEqual([])
    },
  )
})

describe('settings through the contract', () => {
  it.each([
    ['a carriage return', { name: 'app.language', value: 'en\r\nx = 1' }],
    ['a NUL', { name: 'engine.device', value: 'cpu\0' }],
    ['another type', { name: 'app.offline', value: 'yes' }],
    ['an unknown value', { name: 'app.theme', value: 'pink' }],
  ] as const)('refuse %s', async (_, change) => {
    const { service, window } = await openService(await makeTemporaryFolder(onTestFinished))
    onTestFinished(() => service.close())
    const before = await window.call('settings.get', {})
    await expect(window.call('settings.set', change)).rejects.toMatchObject({ code: 'bad-argument' })
    expect(await window.call('settings.get', {})).toEqual(before)
  })
})

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
