import { createWriteStream } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import { locateImageFile } from './image-files.ts'
import type { Library } from './library.ts'

/** What an export wrote, and which pictures had no file any more. */
export interface Exported {
  readonly images: number
  readonly missing: readonly number[]
}

/**
 * Writes everything into a folder that needs no Attune to be read: pictures in a folder per day, named by time and seed,
 * and `library.jsonl` with one line per picture (recipe, tags, boards, ratings), plus boards and documents.
 *
 * @param folder  is made when missing; files of the same name in it are replaced
 */
export const exportLibrary = async (library: Library, folder: string): Promise<Exported> => {
  await mkdir(folder, { recursive: true })
  const lines = createWriteStream(join(folder, 'library.jsonl'))
  const write = async (line: object): Promise<void> => {
    if (!lines.write(`${JSON.stringify(line)}\n`)) await once(lines, 'drain')
  }
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
    await write({ kind: 'document', ...library.documents.open(id), changes: library.documents.changes(id) })
  }
  lines.end()
  await once(lines, 'finish')
  return { images, missing }
}

const imageIds = (library: Library): number[] =>
  library.database
    .prepare<[], { id: number }>('SELECT id FROM image ORDER BY id')
    .all()
    .map(({ id }) => id)

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
