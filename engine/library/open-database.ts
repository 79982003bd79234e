import Database from 'better-sqlite3'
import { EngineError } from '../contract/failures.ts'

export type LibraryDatabase = Database.Database

/** The first SQLite without the WAL-reset bug, which could corrupt a file that two connections checkpoint. */
const leastVersion = [3, 51, 3] as const

export interface OpenOptions {
  /** The file must exist; nothing is written. */
  readonly isReadOnly?: boolean
}

/**
 * Opens a database file as the library needs it: write-ahead log, every commit fsynced, foreign keys enforced.
 *
 * @throws EngineError 'file-malformed' when the file is no database, 'device-failed' when SQLite is too old
 */
export const openDatabase = (path: string, { isReadOnly = false }: OpenOptions = {}): LibraryDatabase => {
  const database = new Database(path, { readonly: isReadOnly, fileMustExist: isReadOnly, timeout: 5000 })
  try {
    assertVersion(database)
    if (!isReadOnly) database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    database.pragma('trusted_schema = OFF')
    database.pragma('temp_store = MEMORY')
    database.pragma('cache_size = -65536')
    // Reading the first page is what notices that a file is no database.
    database.pragma('schema_version')
    return keepStatements(database)
  } catch (error) {
    database.close()
    throw asEngineError(error, path)
  }
}

const mostStatements = 500

/**
 * The same database, which prepares every text of SQL once. A statement's memory belongs to SQLite and is given back
 * only when V8 collects its handle, which it has no reason to hurry with: a hundred thousand rows would hold gigabytes.
 */
const keepStatements = (database: LibraryDatabase): LibraryDatabase => {
  const prepare = database.prepare.bind(database)
  const kept = new Map<string, Database.Statement>()
  const prepareOnce = (sql: string): Database.Statement => {
    const known = kept.get(sql)
    if (known !== undefined) return known
    const statement = prepare(sql)
    if (kept.size < mostStatements) kept.set(sql, statement)
    return statement
  }
  database.prepare = prepareOnce as typeof database.prepare // Generic over rows, which only the caller knows.
  return database
}

/** The number that migrations count up. */
export const schemaVersion = (database: LibraryDatabase): number =>
  database.pragma('user_version', { simple: true }) as number // The pragma always gives one integer.

const assertVersion = (database: LibraryDatabase): void => {
  const row = database.prepare('SELECT sqlite_version() AS version').get() as { version: string } // One text column.
  const parts = row.version.split('.').map(Number)
  for (const [index, least] of leastVersion.entries()) {
    const part = parts[index] ?? 0
    if (part > least) return
    if (part < least) throw tooOld(row.version)
  }
}

const tooOld = (version: string): EngineError =>
  new EngineError('device-failed', {
    where: 'library database',
    found: `SQLite ${version}`,
    expected: `at least ${leastVersion.join('.')}`,
    remedy: 'Install Attune again; its own SQLite was replaced.',
  })

/** What SQLite says, in the engine's terms; anything that is no SQLite error comes back as it is. */
export const asEngineError = (error: unknown, path: string): unknown => {
  if (!(error instanceof Database.SqliteError)) return error
  const facts = { where: 'library database', found: error.message, sqlite: error.code, path }
  if (error.code === 'SQLITE_FULL') {
    return new EngineError('disk-full', { ...facts, remedy: 'Free some space and try again.' }, { cause: error })
  }
  if (error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT')) {
    return new EngineError(
      'file-malformed',
      { ...facts, remedy: 'Restore the newest backup: attune library restore.' },
      { cause: error },
    )
  }
  if (error.code.startsWith('SQLITE_BUSY') || error.code.startsWith('SQLITE_LOCKED')) {
    return new EngineError('conflict', facts, { cause: error })
  }
  if (error.code.startsWith('SQLITE_READONLY')) return new EngineError('refused', facts, { cause: error })
  const isReading = error.code === 'SQLITE_IOERR_READ' || error.code === 'SQLITE_IOERR_SHORT_READ'
  const retry = { ...facts, remedy: 'Check the disk and try again.' }
  return new EngineError(isReading ? 'file-unreadable' : 'file-unwritable', retry, { cause: error })
}
