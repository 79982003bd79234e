import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageFormat } from '../contract/image-records.ts'

/** Where everything of one library lies. Only `images` and `thumbnails` are ever served, and only by id. */
export interface LibraryFolders {
  readonly root: string
  readonly database: string
  readonly lock: string
  readonly images: string
  readonly thumbnails: string
  readonly backups: string
  readonly models: string
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
  measurements: join(root, 'measurements'),
})

/** All 256 beginnings of a hash: one folder each, so that no folder grows beyond what a file browser can show. */
export const shards: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Makes whatever folder is missing. */
export const makeLibraryFolders = async (folders: LibraryFolders): Promise<void> => {
  for (const folder of [folders.root, folders.backups, folders.models]) await mkdir(folder, { recursive: true })
  for (const parent of [folders.images, folders.thumbnails]) {
    await mkdir(parent, { recursive: true })
    await Promise.all(shards.map((shard) => mkdir(join(parent, shard), { recursive: true })))
  }
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
