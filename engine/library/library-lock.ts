import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { EngineError } from '../contract/failures.ts'
import { asEngineError } from './open-database.ts'

/** Held as long as a process owns a library; the operating system lets go of it when the process dies in any way. */
export interface LibraryLock {
  readonly release: () => void
}

/** Whether another process has the library now. */
export const isLibraryTaken = (path: string): boolean => {
  if (!existsSync(path)) return false
  const file = new Database(path, { timeout: 0 })
  try {
    file.exec('BEGIN EXCLUSIVE')
    return false
  } catch {
    return true
  } finally {
    file.close()
  }
}

/**
 * Takes the library for this process alone: an exclusive lock on a small file of its own.
 *
 * @throws EngineError 'conflict' when another process has it, 'refused' or 'file-unwritable' where it cannot be written
 */
export const takeLibraryLock = (path: string): LibraryLock => {
  const file = openLock(path)
  try {
    file.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    file.close()
    const known = asEngineError(cause, path)
    if (!(known instanceof EngineError) || known.code !== 'conflict') throw known
    throw new EngineError(
      'conflict',
      {
        where: 'library',
        found: 'another Attune that has this library open',
        remedy: 'Close the other window or process, then try again.',
        path,
      },
      { cause },
    )
  }
  return { release: () => void file.close() }
}

const openLock = (path: string): Database.Database => {
  try {
    return new Database(path, { timeout: 0 })
  } catch (error) {
    throw asEngineError(error, path)
  }
}
