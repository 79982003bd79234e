import { randomBytes } from 'node:crypto'
import { dirname, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { realFileSystem } from './file-system.ts'
import type { Content, FileSystem } from './file-system.ts'
import { isErrno, writeFailure } from './write-failure.ts'

export interface WriteOptions {
  /** What to do when the file is there already. Default 'refuse'. */
  readonly existing?: 'refuse' | 'replace'
  readonly fileSystem?: FileSystem
}

/**
 * Writes a file so that it is there whole and durable, or not there at all: temporary file in the same folder, fsync,
 * rename, fsync of the folder. When it fails, the name holds what it held before, or the new content whole if only the
 * very last steps failed (removing the temporary name, fsync of the folder); never a part of it, and no temporary file.
 *
 * @param path  the folder must exist
 * @throws EngineError 'disk-full'; 'conflict' when the file exists and `existing` is 'refuse'; 'not-found' when the
 *                     folder is missing; 'refused' when we may not write there; 'file-unwritable' for all else
 */
export const writeWhole = async (path: string, content: Content, options: WriteOptions = {}): Promise<void> => {
  const { existing = 'refuse', fileSystem = realFileSystem } = options
  const target = resolve(path)
  const folder = dirname(target)
  const temporary = join(folder, temporaryName())
  try {
    await writeDurably(fileSystem, temporary, content)
    if (existing === 'replace') await renamePatiently(fileSystem, temporary, target)
    else await moveToNewName(fileSystem, temporary, target)
  } catch (error) {
    // Nothing more can be done if this fails too; `removeTemporaries` finds it at the next start.
    await fileSystem.unlink(temporary).catch(() => undefined)
    throw writeFailure(target, error)
  }
  await syncFolder(fileSystem, folder).catch((error: unknown) => {
    throw writeFailure(target, error)
  })
}

/** Every temporary file is called like this, so that one left by a power cut can be told from a user's own files. */
export const isTemporaryName = (name: string): boolean => /^\.attune-[0-9a-f]{16}\.tmp$/.test(name)

const temporaryName = (): string => `.attune-${randomBytes(8).toString('hex')}.tmp`

const writeDurably = async (fileSystem: FileSystem, path: string, content: Content): Promise<void> => {
  const file = await fileSystem.open(path, 'wx')
  try {
    await file.writeFile(content)
    await file.sync()
  } catch (error) {
    await file.close().catch(() => undefined) // the first error is the one to report
    throw error
  }
  await file.close()
}

/**
 * A rename replaces silently, a hard link does not; so linking is how a name is taken only if it is free. File systems
 * without hard links (FAT, some network shares) get an exclusive empty file first, which the rename then replaces.
 */
const moveToNewName = async (fileSystem: FileSystem, from: string, to: string): Promise<void> => {
  try {
    await fileSystem.link(from, to)
  } catch (error) {
    if (!isErrno(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EOPNOTSUPP')) throw error
    await claimName(fileSystem, to)
    await renamePatiently(fileSystem, from, to).catch(async (failure: unknown) => {
      await fileSystem.unlink(to)
      throw failure
    })
    return
  }
  await fileSystem.unlink(from)
}

const claimName = async (fileSystem: FileSystem, path: string): Promise<void> => {
  const file = await fileSystem.open(path, 'wx')
  await file.close()
}

const renameTries = 10

/** On Windows a virus scanner or an indexer may hold a file for a moment; elsewhere the first failure is final. */
const renamePatiently = async (fileSystem: FileSystem, from: string, to: string): Promise<void> => {
  for (let tried = 1; ; tried++) {
    try {
      await fileSystem.rename(from, to)
      return
    } catch (error) {
      const passes = process.platform === 'win32' && isErrno(error, 'EPERM', 'EACCES', 'EBUSY')
      if (!passes || tried === renameTries) throw error
      await setTimeout(10 * tried)
    }
  }
}

/** Makes the new name durable. Windows cannot open folders and journals names by itself. */
const syncFolder = async (fileSystem: FileSystem, folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await fileSystem.open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
