import { execFile } from 'node:child_process'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { imagePath, libraryFolders } from '../../../engine/library/library-folders.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { somePng } from './some-png.ts'
import { openService } from './temporary-service.ts'

interface Ended {
  readonly code: number
  readonly line: Record<string, unknown>
}

/** Runs `attune library` as its users do: in a process of its own. */
const attuneLibrary = (root: string, ...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const entry = join(import.meta.dirname, '../../../engine/service/library-process.ts')
    execFile(process.execPath, [entry, '--library', root, ...args], (error, stdout) => {
      const code = error === null ? 0 : Number(error.code)
      resolve({ code, line: JSON.parse(stdout) as Record<string, unknown> }) // The process writes one JSON object.
    })
  })

const fill = async (root: string): Promise<string[]> => {
  const { service, window } = await openService(root)
  for (const number of [1, 2, 3]) {
    await window.call('images.upload', { name: 'a.png', base64: Buffer.from(somePng(number)).toString('base64') })
  }
  const mask = await window.call('documents.putBlob', { base64: Buffer.from(somePng(9)).toString('base64') })
  await window.call('documents.create', { name: 'plan', state: { regions: [{ mask: mask.hash }] } })
  const { images } = await window.call('images.list', { query: {} })
  const hashes = await Promise.all(images.map(async ({ id }) => (await window.call('images.get', { id })).hash))
  await service.close()
  return hashes
}

it('checks, repairs, backs up, restores and exports a library', { timeout: 120_000 }, async () => {
  const folder = await makeTemporaryFolder(onTestFinished)
  const root = join(folder, 'library')
  const hashes = await fill(root)
  const [a = '', b = ''] = hashes
  expect(await attuneLibrary(root, 'check', '--deep')).toMatchObject({ code: 0, line: { images: 3, damaged: [] } })

  const backup = join(folder, 'backup')
  expect(await attuneLibrary(root, 'backup', backup)).toMatchObject({ code: 0, line: { images: 3 } })
  expect(await attuneLibrary(root, 'backup', backup)).toMatchObject({ code: 1, line: { code: 'conflict' } })

  const folders = libraryFolders(root)
  await rm(imagePath(folders, a, 'png'))
  await writeFile(imagePath(folders, b, 'png'), 'torn')
  await mkdir(join(folders.images, '00'), { recursive: true })
  await writeFile(imagePath(folders, '0'.repeat(64), 'png'), 'stray')
  expect(await attuneLibrary(root, 'check', '--deep')).toMatchObject({
    code: 3,
    line: {
      missing: [expect.any(Number)],
      withoutRow: ['0'.repeat(64)],
      damaged: expect.arrayContaining([b]) as unknown,
    },
  })
  expect(await attuneLibrary(root, 'repair')).toMatchObject({ code: 0, line: { missing: 1, unreadable: ['0'.repeat(64)] } }) // prettier-ignore

  expect(await attuneLibrary(root, 'restore', backup)).toMatchObject({ code: 1, line: { code: 'conflict' } })
  const restored = join(folder, 'restored')
  expect(await attuneLibrary(restored, 'restore', backup)).toMatchObject({ code: 0, line: { images: 3 } })
  expect(await attuneLibrary(restored, 'check', '--deep')).toMatchObject({ code: 0, line: { images: 3, missing: [] } })

  const exported = join(folder, 'exported')
  expect(await attuneLibrary(restored, 'export', exported)).toMatchObject({ code: 0, line: { images: 3, missing: [] } })
  const lines = (await readFile(join(exported, 'library.jsonl'), 'utf8')).trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(['image', 'image', 'image', 'document']) // prettier-ignore
  const pictures = (await readdir(exported, { recursive: true })).filter((name) => name.endsWith('.png'))
  expect(pictures.map((name) => name.startsWith('masks')).toSorted()).toEqual([false, false, false, true])
})

it('backs up a library that a studio has open and goes on writing', { timeout: 120_000 }, async () => {
  const folder = await makeTemporaryFolder(onTestFinished)
  const [root, backup, restored] = ['library', 'backup', 'restored'].map((name) => join(folder, name)) as [string, string, string] // prettier-ignore
  await fill(root)
  const { service, window } = await openService(root)
  onTestFinished(() => service.close())
  await service.recovered
  const state = { isOver: false }
  const ended = attuneLibrary(root, 'backup', backup).finally(() => (state.isOver = true))
  let written = 3
  while (!state.isOver) {
    written++
    await window.call('images.upload', { name: 'b.png', base64: Buffer.from(somePng(written)).toString('base64') })
  }
  const { code, line } = await ended
  // One more after the copy was made.
  written++
  await window.call('images.upload', { name: 'b.png', base64: Buffer.from(somePng(written)).toString('base64') })
  expect(code).toBe(0)
  expect(Number(line['images'])).toBeGreaterThanOrEqual(3)
  expect(await attuneLibrary(root, 'backup', backup)).toMatchObject({ code: 1, line: { code: 'conflict' } })
  // Writing was not held up, and every row of the copy has its file.
  expect(await window.call('images.count', { query: {} })).toEqual({ count: written })
  expect(await attuneLibrary(restored, 'restore', backup)).toMatchObject({ code: 0 })
  const check = await attuneLibrary(restored, 'check', '--deep')
  expect(check.line).toMatchObject({ databaseFaults: [], missing: [], damaged: [] })
  expect(Number(check.line['images'])).toBeGreaterThanOrEqual(3)
  expect(Number(check.line['images'])).toBeLessThan(written)
  // What else wants the library still says that it is taken.
  expect(await attuneLibrary(root, 'check')).toMatchObject({ code: 1, line: { code: 'conflict' } })
})

it('refuses a damaged backup and leaves nothing behind', { timeout: 60_000 }, async () => {
  const folder = await makeTemporaryFolder(onTestFinished)
  const [root, backup, restored] = ['library', 'backup', 'restored'].map((name) => join(folder, name)) as [string, string, string] // prettier-ignore
  const [hash = ''] = await fill(root)
  await attuneLibrary(root, 'backup', backup)
  await writeFile(imagePath(libraryFolders(backup), hash, 'png'), 'torn')
  expect(await attuneLibrary(restored, 'restore', backup)).toMatchObject({ code: 1, line: { code: 'file-malformed' } })
  expect(await readdir(folder)).not.toContain('restored')
})
