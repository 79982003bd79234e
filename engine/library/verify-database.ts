import { EngineError } from '../contract/failures.ts'
import { openDatabase } from './open-database.ts'
import type { LibraryDatabase } from './open-database.ts'

/** Everything that `integrity_check` and `foreign_key_check` complain about; empty means sound. */
export const findDatabaseFaults = (database: LibraryDatabase): string[] => {
  // Both pragmas give rows of fixed columns.
  const integrity = database.pragma('integrity_check(100)') as { integrity_check: string }[]
  const foreign = database.pragma('foreign_key_check') as { table: string; rowid: number | null; parent: string }[]
  return [
    ...integrity.map((row) => row.integrity_check).filter((text) => text !== 'ok'),
    ...foreign.map((row) => `${row.table} row ${row.rowid ?? 0} points to a missing row of ${row.parent}`),
  ]
}

/**
 * Opens a database file, checks it whole and closes it.
 *
 * @throws EngineError 'file-malformed' with the first fault
 */
export const verifyDatabaseFile = (path: string): void => {
  const database = openDatabase(path, { isReadOnly: true })
  try {
    const [fault] = findDatabaseFaults(database)
    if (fault === undefined) return
    throw new EngineError('file-malformed', { where: 'library database', found: fault, path })
  } finally {
    database.close()
  }
}
