import { copyFile, mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashesIn } from './blob-store.ts'
import { locateImageFile } from './image-files.ts'
import { withLibraryFailures } from './library-failure.ts'
import type { Library } from './library.ts'

/** What an export wrote, and which pictures had no file any more. */
export interface Exported {
  readonly images: number
  readonly missing: readonly number[]
}

/**
 * Writes everything into a folder that needs no Attune to be read: pictures in a folder per day, named by time and seed,
 * `library.jsonl` with one line per picture (recipe, tags, boards, ratings), board and document, and the documents' masks.
 *
 * @param folder  is made when missing; files of the same name in it are replaced
 * @throws EngineError 'disk-full' and the others of writing; what was written until then stays
 */
export const exportLibrary = (library: Library, folder: string): Promise<Exported> =>
  withLibraryFailures(() => exportInto(library, folder))

const exportInto = async (library: Library, folder: string): Promise<Exported> => {
  await mkdir(folder, { recursive: true })
  const lines = await open(join(folder, 'library.jsonl'), 'w')
  try {
    const exported = await exportTo(library, folder, (line) => lines.appendFile(`${JSON.stringify(line)}\n`))
    await lines.sync()
    return exported
  } finally {
    await lines.close()
  }
}

const exportTo = async (
  library: Library,
  folder: string,
  write: (line: object) => Promise<void>,
): Promise<Exported> => {
  const missing: number[] = []
  let images = 0
  for (const board of library.boards.list()) await write({ kind: 'board', ...board })
  for (const id of imageIds(library)) {
    const file = await exportImage(library, id, folder)
    if (file === undefined) missing.push(id)
    else images++
    await write({
      kind: 'image',
      file: file ?? null,
      ...library.images.details(id),
      feedback: library.feedback.list(id),
    })
  }
  for (const { id } of [...library.documents.list(false), ...library.documents.list(true)]) {
    const document = { ...library.documents.open(id), changes: library.documents.changes(id) }
    await exportMasks(library, folder, JSON.stringify(document))
    await write({ kind: 'document', ...document })
  }
  return { images, missing }
}

const imageIds = (library: Library): number[] =>
  library.database
    .prepare<[], { id: number }>('SELECT id FROM image ORDER BY id')
    .all()
    .map(({ id }) => id)

/** The masks that a document or its history names, each once, as `masks/<hash>.png`. */
const exportMasks = async (library: Library, folder: string, document: string): Promise<void> => {
  const hashes = [...hashesIn(document)].filter((hash) => library.blobs.has(hash))
  if (hashes.length > 0) await mkdir(join(folder, 'masks'), { recursive: true })
  for (const hash of hashes) await writeFile(join(folder, 'masks', `${hash}.png`), library.blobs.get(hash))
}

const endings = { png: 'png', jpeg: 'jpg', webp: 'webp' } as const

/** Copies one picture; gives its path inside the folder. */
const exportImage = async (library: Library, id: number, folder: string): Promise<string | undefined> => {
  const { createdMs, recipe, format } = library.images.details(id)
  const [day = '', time = ''] = new Date(createdMs).toISOString().split('T')
  const name = `${time.slice(0, 8).replaceAll(':', '-')} ${recipe?.seed ?? 'picture'} ${id}.${endings[format]}`
  await mkdir(join(folder, day), { recursive: true })
  try {
    await copyFile(await locateImageFile(library, library.images.row(id)), join(folder, day, name))
    return `${day}/${name}`
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'not-found')
