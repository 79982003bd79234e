import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { realpath, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import type { ImageFormat } from '../contract/image-records.ts'
import { removeTemporaries } from '../files/remove-temporaries.ts'
import { isTemporaryName, writeWhole } from '../files/write-whole.ts'
import type { ImageRow } from './image-row.ts'
import { imagePath, readImageName, shards, thumbnailPath } from './library-folders.ts'
import type { LibraryFolders } from './library-folders.ts'
import type { Library } from './library.ts'

/** SHA-256 of some bytes, lower-case hex: the name of the file that holds them. */
export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * Puts a picture's bytes on disk, durably, under the name of their hash. Writing the same picture twice is no error.
 *
 * @returns the hash
 * @throws EngineError 'disk-full' and the others of `writeWhole`; then no file of that name appears
 */
export const storeImageFile = async (
  folders: LibraryFolders,
  bytes: Uint8Array,
  format: ImageFormat,
): Promise<string> => {
  const hash = hashOf(bytes)
  await writeWhole(imagePath(folders, hash, format), bytes, { existing: 'replace' })
  return hash
}

/**
 * Where the file of a picture lies. Its own files are found by hash; those of the user by their folder's row, and only
 * when they really lie inside that folder.
 *
 * @throws EngineError 'not-found' when the file is gone, 'file-unsafe' when a link leads out of the folder
 */
export const locateImageFile = async (library: Library, row: ImageRow): Promise<string> => {
  if (row.folder_id === null || row.path === null) return imagePath(library.folders, row.hash, row.format)
  const folder = library.imageFolders.get(row.folder_id)
  if (folder === undefined) throw gone(row.id)
  const root = await realpath(folder.path).catch(() => undefined)
  const file = await realpath(join(folder.path, row.path)).catch(() => undefined)
  if (root === undefined || file === undefined) throw gone(row.id)
  if (file.startsWith(root.endsWith(sep) ? root : root + sep)) return file
  throw new EngineError('file-unsafe', { where: `image ${row.id}`, found: 'a link that leads out of its folder' })
}

/** What lies in the library's image folders: pictures by hash, and the folders in which a write was cut off. */
export interface ImageFiles {
  readonly pictures: ReadonlyMap<string, ImageFormat>
  readonly withTemporaries: readonly string[]
}

/** Lists all folders at once and before anything else runs, so in one go: 100,000 names take about 100 ms. */
export const listImageFiles = (folders: LibraryFolders): ImageFiles => {
  const pictures = new Map<string, ImageFormat>()
  const withTemporaries: string[] = []
  for (const parent of [folders.images, folders.thumbnails]) {
    for (const shard of shards) {
      const folder = join(parent, shard)
      const names = readdirSync(folder)
      if (names.some(isTemporaryName)) withTemporaries.push(folder)
      if (parent === folders.images) addPictures(pictures, names)
    }
  }
  return { pictures, withTemporaries }
}

const addPictures = (pictures: Map<string, ImageFormat>, names: readonly string[]): void => {
  for (const name of names) {
    const image = readImageName(name)
    if (image !== undefined) pictures.set(image.hash, image.format)
  }
}

/** Removes what a kill left of unfinished writes; gives how many. */
export const sweepTemporaries = async (found: readonly string[], before: Date): Promise<number> => {
  const removed = await Promise.all(found.map((folder) => removeTemporaries(folder, before)))
  return removed.flat().length
}

/** Removes the files of erased rows; files in folders of the user stay where they are. */
export const removeImageFiles = async (folders: LibraryFolders, rows: readonly ImageRow[]): Promise<void> => {
  for (const row of rows) {
    await rm(thumbnailPath(folders, row.hash), { force: true })
    if (row.folder_id === null) await rm(imagePath(folders, row.hash, row.format), { force: true })
  }
}

const gone = (id: number): EngineError =>
  new EngineError('not-found', { where: `image ${id}`, found: 'the file is gone', remedy: 'Put it back or remove it.' })
