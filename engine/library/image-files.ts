import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { realpath, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import type { ImageFormat } from '../contract/image-records.ts'
import { removeTemporaries } from '../files/remove-temporaries.ts'
import { isErrno, writeFailure } from '../files/write-failure.ts'
import { isTemporaryName, writeWhole } from '../files/write-whole.ts'
import type { ImageRow } from './image-row.ts'
import { imagePath, isShard, makeShard, readImageName, thumbnailPath } from './library-folders.ts'
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
  const path = imagePath(folders, hash, format)
  try {
    await makeShard(path)
  } catch (error) {
    throw writeFailure(path, error)
  }
  await writeWhole(path, bytes, { existing: 'replace' })
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

/** What lies in one shard of the library: pictures by hash, and the folders in which a write was cut off. */
export interface ShardFiles {
  readonly pictures: ReadonlyMap<string, ImageFormat>
  readonly withTemporaries: readonly string[]
}

/** The shards that there are, of pictures or of small pictures. */
export const listShards = (folders: LibraryFolders): string[] => {
  const names = [folders.images, folders.thumbnails].flatMap((parent) => readdirSync(parent))
  return [...new Set(names.filter(isShard))].sort()
}

/** 400 names, which is what a shard of a library of 100,000 pictures holds, take less than a millisecond. */
export const listShard = (folders: LibraryFolders, shard: string): ShardFiles => {
  const images = namesIn(join(folders.images, shard))
  const thumbnails = namesIn(join(folders.thumbnails, shard))
  const found = images.map(readImageName).filter((image) => image !== undefined)
  return {
    pictures: new Map(found.map(({ hash, format }) => [hash, format])),
    withTemporaries: [
      ...(images.some(isTemporaryName) ? [join(folders.images, shard)] : []),
      ...(thumbnails.some(isTemporaryName) ? [join(folders.thumbnails, shard)] : []),
    ],
  }
}

/** Every picture of the library's own. */
export const listImageFiles = (folders: LibraryFolders): ReadonlyMap<string, ImageFormat> =>
  new Map(listShards(folders).flatMap((shard) => [...listShard(folders, shard).pictures]))

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}

/** Removes what a kill left of unfinished writes; gives how many. */
export const sweepTemporaries = async (found: readonly string[], before: Date): Promise<number> => {
  const removed = await Promise.all(found.map((folder) => removeTemporaries(folder, before)))
  return removed.flat().length
}

/** Removes the files of rows that are about to go; files in folders of the user stay where they are. */
export const removeImageFiles = async (folders: LibraryFolders, rows: readonly ImageRow[]): Promise<void> => {
  for (const row of rows) {
    await rm(thumbnailPath(folders, row.hash), { force: true })
    if (row.folder_id === null) await rm(imagePath(folders, row.hash, row.format), { force: true })
  }
}

const gone = (id: number): EngineError =>
  new EngineError('not-found', { where: `image ${id}`, found: 'the file is gone', remedy: 'Put it back or remove it.' })
