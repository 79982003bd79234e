import Database from 'better-sqlite3'
import { EngineError } from '../contract/failures.ts'

/** Held as long as a process owns a library; the operating system lets go of it when the process dies in any way. */
export interface LibraryLock {
  readonly release: () => void
}

/**
 * Takes the library for this process alone: an exclusive lock on a small file of its own.
 *
 * @throws EngineError 'conflict' when another process has it
 */
export const takeLibraryLock = (path: string): LibraryLock => {
  const file = new Database(path, { timeout: 0 })
  try {
    file.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    file.close()
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
