import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ImageFormat } from '../contract/image-records.ts'
import { syncFolder } from '../files/sync-folder.ts'
import { writeFailure } from '../files/write-failure.ts'

/** Where everything of one library lies. Only `images` and `thumbnails` are ever served, and only by id. */
export interface LibraryFolders {
  readonly root: string
  readonly database: string
  readonly lock: string
  readonly images: string
  readonly thumbnails: string
  readonly backups: string
  readonly models: string
  /** The user's own lists of models to download. */
  readonly catalogues: string
  /** Lists for `__name__` in prompts. */
  readonly wildcards: string
  /** What was measured about models in read-only folders. */
  readonly measurements: string
}

/** The fixed layout of a library below its root folder. */
export const libraryFolders = (root: string): LibraryFolders => ({
  root,
  database: join(root, 'library.db'),
  lock: join(root, 'library.lock'),
  images: join(root, 'images'),
  thumbnails: join(root, 'thumbnails'),
  backups: join(root, 'backups'),
  models: join(root, 'models'),
  catalogues: join(root, 'catalogues'),
  wildcards: join(root, 'wildcards'),
  measurements: join(root, 'measurements'),
})

/** Whether this is the name of a shard: the first two digits of the hashes in it, so that no folder grows beyond what a file browser can show. */
export const isShard = (name: string): boolean => /^[0-9a-f]{2}$/.test(name)

/**
 * Makes whatever folder is missing; shards are made when the first file comes into them.
 *
 * @throws EngineError as `writeFailure` says it, where that is not allowed or possible
 */
export const makeLibraryFolders = async (folders: LibraryFolders): Promise<void> => {
  for (const folder of [
    folders.root,
    folders.backups,
    folders.models,
    folders.catalogues,
    folders.wildcards,
    folders.images,
    folders.thumbnails,
  ]) {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw writeFailure(folder, error)
    })
  }
}

/** Makes the shard of a file that is about to be written, durably. */
export const makeShard = async (file: string): Promise<void> => {
  const shard = dirname(file)
  if ((await mkdir(shard, { recursive: true })) !== undefined) await syncFolder(dirname(shard))
}

const endings = { png: '.png', jpeg: '.jpg', webp: '.webp' } as const satisfies Readonly<Record<ImageFormat, string>>

/** The file of a picture of the library's own: its content's SHA-256 names it. */
export const imagePath = (folders: LibraryFolders, hash: string, format: ImageFormat): string =>
  join(folders.images, hash.slice(0, 2), `${hash}${endings[format]}`)

/** The small picture of a picture; it can always be made again. */
export const thumbnailPath = (folders: LibraryFolders, hash: string): string =>
  join(folders.thumbnails, hash.slice(0, 2), `${hash}.webp`)

/** Reads hash and format from the name of one of our own files; undefined for any other name. */
export const readImageName = (name: string): { readonly hash: string; readonly format: ImageFormat } | undefined => {
  const [, hash, ending] = /^([0-9a-f]{64})(\.png|\.jpg|\.webp)$/.exec(name) ?? []
  if (hash === undefined) return undefined
  const format = ending === '.png' ? 'png' : ending === '.jpg' ? 'jpeg' : 'webp'
  return { hash, format }
}
