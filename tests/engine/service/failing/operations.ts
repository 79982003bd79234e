import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listBackups } from '../../../../engine/library/backup-database.ts'
import { backupLibrary } from '../../../../engine/library/backup-library.ts'
import { exportLibrary } from '../../../../engine/library/export-library.ts'
import { verifyDatabaseFile } from '../../../../engine/library/verify-database.ts'
import { fetchFile } from '../../../../engine/service/models/fetch-file.ts'
import { PictureFiles } from '../../../../engine/service/pictures/picture-files.ts'
import { somePng } from '../some-png.ts'
import { ended, nextEvent } from '../temporary-service.ts'
import type { OpenService } from '../temporary-service.ts'

export interface Place extends OpenService {
  /** Watched: the library and everything the operations write. */
  readonly folder: string
  /** Never the same twice. */
  readonly number: number
  /** Serves the same small file under every path. */
  readonly hub: { readonly url: string; readonly content: Buffer }
}

/** Something a user does, that a disk can refuse at any point. */
export interface Operation {
  readonly name: string
  /** Before anything fails. */
  readonly prepare?: (place: Place) => Promise<void>
  readonly act: (place: Place) => Promise<void>
  /** Throws when what `act` promised is not there. */
  readonly verify: (place: Place) => Promise<void>
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** No two are alike. */
const pngOf = ({ number }: Pick<Place, 'number'>): Uint8Array =>
  somePng(number, [{ keyword: 'number', text: String(number) }])

const assert = (isTrue: boolean, what: string): void => {
  if (!isTrue) throw new Error(what)
}

const uploaded = async ({ window, number }: Place): Promise<number> =>
  (await window.call('images.upload', { name: 'a.png', base64: base64(pngOf({ number })) })).id

const upload: Operation = {
  name: 'upload a picture',
  act: async (place) => void (await uploaded(place)),
  verify: async (place) => {
    const { bytes } = await new PictureFiles(place.service.library, place.service.codec).read(await uploaded(place), 'original') // prettier-ignore
    assert(Buffer.from(pngOf(place)).equals(bytes), 'the picture is another')
  },
}

const generate: Operation = {
  name: 'generate a picture',
  act: async ({ window, number }) => {
    const paused = nextEvent(window, 'queue.changed', ({ reason }) => reason !== null && reason !== 'user')
    const { id } = await window.call('jobs.add', { request: { prompt: `kettle n${number}`, seed: String(number), steps: 1, width: 16, height: 16 } }) // prettier-ignore
    await Promise.race([ended(window, id), paused])
  },
  verify: async ({ window, service, number }) => {
    await window.call('queue.resume', {})
    const jobs = (await window.call('jobs.list', {})).filter(({ request }) => request.prompt === `kettle n${number}`)
    for (const { id, state } of jobs) if (state === 'failed') await window.call('jobs.retry', { id })
    await service.queue.idle()
    for (const { id } of jobs) {
      const { state, finished } = await window.call('jobs.get', { id })
      assert(state === 'done' && finished === 1, `job ${id} is ${state} with ${finished} pictures`)
    }
  },
}

const importOne: Operation = {
  name: 'import a folder in place',
  prepare: async ({ folder, number }) => {
    await mkdir(join(folder, 'pictures'), { recursive: true })
    await writeFile(join(folder, 'pictures', `${number}.png`), pngOf({ number }))
  },
  act: async ({ window, folder }) =>
    void (await window.call('images.importFolder', { path: join(folder, 'pictures') })),
  verify: async ({ window, number }) => {
    const { images } = await window.call('images.list', { query: { text: `"${number}.png"` } })
    assert(images.length === 1, 'the picture is not in the gallery')
  },
}

const edit: Operation = {
  name: 'change a document with a mask',
  prepare: async ({ window, number }) =>
    void (await window.call('documents.create', { name: `plan ${number}`, state: { masks: [] } })),
  act: async (place) => {
    const { window, number } = place
    const { hash } = await window.call('documents.putBlob', { base64: base64(pngOf({ number })) })
    const { id, sequence } = await plan(place)
    if (sequence > 0) return
    const edits = [{ kind: 'insert' as const, path: ['masks', 0], value: hash }]
    await window.call('documents.append', { id, sequence, label: 'mask', edits })
  },
  verify: async (place) => {
    const { sequence, state } = await plan(place)
    const { hash } = await place.window.call('documents.putBlob', { base64: base64(pngOf(place)) })
    assert(sequence === 1 && JSON.stringify(state) === `{"masks":["${hash}"]}`, 'the document is another')
  },
}

const plan = async ({ window, number }: Place) => {
  const found = (await window.call('documents.list', {})).find(({ name }) => name === `plan ${number}`)
  return window.call('documents.open', { id: found?.id ?? 0 })
}

const setting: Operation = {
  name: 'change a setting',
  act: async ({ window, number }) =>
    void (await window.call('settings.set', { name: 'app.language', value: `l${number}` })),
  verify: async ({ window, number }) => {
    assert((await window.call('settings.get', {}))['app.language'] === `l${number}`, 'the setting is another')
  },
}

const erase: Operation = {
  name: 'erase a picture',
  prepare: async (place) => {
    await place.window.call('images.trash', { ids: [await uploaded(place)] })
  },
  act: async ({ window }) => {
    const { images } = await window.call('images.list', { query: { isTrashed: true } })
    const ids = images.map(({ id }) => id)
    if (ids.length > 0) await window.call('images.erase', { ids })
  },
  verify: async ({ window }) => {
    const { images } = await window.call('images.list', { query: { isTrashed: true } })
    assert(images.length === 0, 'the trash is not empty')
  },
}

const thumbnail: Operation = {
  name: 'make a small picture',
  prepare: async (place) => void (await uploaded(place)),
  act: async (place) => {
    const files = new PictureFiles(place.service.library, place.service.codec)
    await files.read(await uploaded(place), 'thumbnail')
  },
  verify: async (place) => {
    const files = new PictureFiles(place.service.library, place.service.codec)
    assert((await files.read(await uploaded(place), 'thumbnail')).format === 'webp', 'no small picture')
  },
}

const holdsPicture = async (place: Place): Promise<void> => {
  if ((await place.window.call('images.count', { query: {} })).count === 0) await uploaded(place)
}

const backup: Operation = {
  name: 'back up the database',
  act: async ({ window }) => void (await window.call('app.backup', {})),
  verify: async ({ service: { library } }) => {
    const [newest = ''] = await listBackups(library.folders.backups)
    verifyDatabaseFile(join(library.folders.backups, newest))
  },
}

const copy: Operation = {
  name: 'back up the whole library',
  prepare: holdsPicture,
  act: async ({ service, folder, number }) => {
    await rm(join(folder, `backup ${number}`), { recursive: true, force: true })
    await backupLibrary(service.library, join(folder, `backup ${number}`))
  },
  verify: async ({ folder, number }) => {
    await rm(join(folder, `backup ${number}`), { recursive: true })
  },
}

const exporting: Operation = {
  name: 'export the library',
  prepare: holdsPicture,
  act: async ({ service, folder }) => void (await exportLibrary(service.library, join(folder, 'exported'))),
  verify: async ({ service, folder }) => {
    const { missing } = await exportLibrary(service.library, join(folder, 'exported'))
    assert(missing.length === 0, 'pictures are missing')
  },
}

const fetching: Operation = {
  name: 'download a model',
  act: async ({ folder, number, hub: { url, content } }) => {
    const sha256 = createHash('sha256').update(content).digest('hex')
    const file = { path: `${number}/a.safetensors`, url, sha256, sizeBytes: content.length }
    await fetchFile({ file, folder: join(folder, 'models'), signal: AbortSignal.timeout(5000), onBytes: () => undefined }) // prettier-ignore
  },
  verify: async (place) => fetching.act(place),
}

export const operations: readonly Operation[] = [
  ...[upload, generate, importOne, edit, setting, erase],
  ...[thumbnail, backup, copy, exporting, fetching],
]
