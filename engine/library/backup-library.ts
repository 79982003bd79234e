import { constants, existsSync } from 'node:fs'
import { copyFile, open, readFile, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import { walkFiles } from '../files/walk-files.ts'
import { syncFolder } from '../files/sync-folder.ts'
import { isErrno } from '../files/write-failure.ts'
import { backupDatabase } from './backup-database.ts'
import { hashOf, listImageFiles } from './image-files.ts'
import { imagePath, isShard, libraryFolders, makeLibraryFolders, makeShard, readImageName } from './library-folders.ts'
import type { LibraryFolders } from './library-folders.ts'
import { withLibraryFailures } from './library-failure.ts'
import type { Library } from './library.ts'
import { openDatabase, schemaVersion } from './open-database.ts'
import { verifyDatabaseFile } from './verify-database.ts'

export interface Backup {
  readonly path: string
  readonly images: number
}

/**
 * Copies a whole library, database, own pictures and lists for prompts, into a new folder, while it may be in use. The folder gets its name
 * only when everything in it is there and the database is checked. Pictures in folders of the user are not copied.
 *
 * @param path  of the backup: must not exist yet
 * @throws EngineError 'conflict' when it does, 'disk-full'
 */
export const backupLibrary = (library: Source, path: string): Promise<Backup> =>
  withLibraryFailures(() => copyLibrary(library, path))

type Source = Pick<Library, 'database' | 'folders'>

/**
 * The same for a library that another process has open and goes on using: reads beside it, and writes nothing in it. The
 * copy is the library as it was when this began.
 *
 * @throws EngineError 'conflict' when there is something at `path`, 'disk-full', 'format-unsupported' when the library's
 *                     schema is not this version's
 */
export const backupTakenLibrary = (root: string, path: string, schema: number): Promise<Backup> =>
  withLibraryFailures(async () => {
    const folders = libraryFolders(root)
    const database = openDatabase(folders.database, { isReadOnly: true })
    try {
      const found = schemaVersion(database)
      if (found !== schema) {
        throw new EngineError('format-unsupported', {
          where: 'backup',
          found: `schema ${found} of the Attune that has the library open`,
          expected: `schema ${schema}`,
          remedy: 'Use the command line of the same version, or close the other Attune.',
        })
      }
      // Holds the state as it is now: what is written meanwhile would make SQLite begin its copy again.
      database.exec('BEGIN')
      database.prepare('SELECT uuid FROM library').get()
      return await copyLibrary({ database, folders }, path)
    } finally {
      database.close()
    }
  })

const copyLibrary = async (library: Source, path: string): Promise<Backup> => {
  if (existsSync(path)) throw new EngineError('conflict', { where: 'backup', found: 'something of that name', path })
  const draft = `${path}.partial`
  await rm(draft, { recursive: true, force: true })
  const folders = libraryFolders(draft)
  await makeLibraryFolders(folders)
  // The database first: every row in the copy then has its file, since files are never changed and come before rows.
  await backupDatabase(library.database, folders.database)
  let images = 0
  for (const [hash, format] of listImageFiles(library.folders)) {
    const source = imagePath(library.folders, hash, format)
    try {
      await copyDurably(source, imagePath(folders, hash, format))
      images++
    } catch (error) {
      // The trash may be emptied meanwhile.
      if (!isErrno(error, 'ENOENT') || existsSync(source)) throw error
    }
  }
  await copyLists(library.folders, folders)
  await rename(draft, path)
  await syncFolder(dirname(path))
  return { path, images }
}

/**
 * Makes a library of a backup. The backup stays as it is.
 *
 * @param root  of the new library: absent or empty
 * @throws EngineError 'conflict' when something is there, 'file-malformed' when the backup is damaged; then nothing is
 *                     left at `root`
 */
export const restoreLibrary = (backup: string, root: string): Promise<Backup> =>
  withLibraryFailures(() => copyBack(backup, root))

const copyBack = async (backup: string, root: string): Promise<Backup> => {
  if (existsSync(root) && (await readdir(root)).length > 0) {
    throw new EngineError('conflict', {
      where: 'restore',
      found: 'a folder that is not empty',
      expected: 'a new folder',
      path: root,
    })
  }
  const from = libraryFolders(backup)
  if (!existsSync(from.database)) throw new EngineError('not-found', { where: 'restore', found: 'no backup', path: backup }) // prettier-ignore
  verifyDatabaseFile(from.database)
  const draft = `${root}.partial`
  await rm(draft, { recursive: true, force: true })
  const images = await copyChecked(from, libraryFolders(draft))
  await rm(root, { recursive: true, force: true })
  await rename(draft, root)
  await syncFolder(dirname(root))
  return { path: root, images }
}

const copyChecked = async (from: LibraryFolders, to: LibraryFolders): Promise<number> => {
  await makeLibraryFolders(to)
  await copyDurably(from.database, to.database)
  await copyLists(from, to)
  let images = 0
  for (const shard of (await readdir(from.images)).filter(isShard)) {
    for (const name of await readdir(join(from.images, shard))) {
      const image = readImageName(name)
      if (image === undefined) continue
      const source = join(from.images, shard, name)
      if (hashOf(await readFile(source)) !== image.hash) {
        throw new EngineError('file-malformed', { where: 'restore', found: `a damaged picture ${name}`, path: source })
      }
      await copyDurably(source, join(to.images, shard, name))
      images++
    }
  }
  return images
}

/** The lists that prompts draw from: the only files of a library that its user writes. */
const copyLists = async ({ wildcards: from }: LibraryFolders, { wildcards: to }: LibraryFolders): Promise<void> => {
  for await (const { path } of walkFiles(from, /\.txt$/i)) await copyDurably(path, join(to, relative(from, path)))
}

/** Copies by reference where the file system can, else byte by byte; the copy is on disk when this returns. */
const copyDurably = async (from: string, to: string): Promise<void> => {
  await makeShard(to)
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  const file = await open(to, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
