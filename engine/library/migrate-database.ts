import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import { rollBackups } from './backup-database.ts'
import { asEngineError, schemaVersion } from './open-database.ts'
import type { LibraryDatabase } from './open-database.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

/**
 * Reads `NNNN-what-it-does.sql` files; their numbers count up from 1 without a gap.
 *
 * @throws EngineError 'config-invalid' when a number is missing or appears twice
 */
export const readMigrations = (folder: string): Migration[] => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  const migrations = names.sort().map((name) => ({
    number: Number(/^(\d{4})-/.exec(name)?.[1] ?? Number.NaN),
    name,
    sql: readFileSync(join(folder, name), 'utf8'),
  }))
  for (const [index, { number, name }] of migrations.entries()) {
    if (number === index + 1) continue
    throw new EngineError('config-invalid', { where: 'migrations', found: name, expected: `number ${index + 1}` })
  }
  return migrations
}

export interface MigrateOptions {
  readonly migrations: readonly Migration[]
  readonly backupFolder: string
  readonly nowMs: number
}

/**
 * Brings a database to the newest schema, each step in one transaction of its own, after a checked backup of whatever
 * was there before. A crash leaves the schema before or after a step, never between.
 *
 * @throws EngineError 'format-unsupported' when the file is newer than this app, 'file-malformed' when a step fails
 */
export const migrateDatabase = async (
  database: LibraryDatabase,
  { migrations, backupFolder, nowMs }: MigrateOptions,
): Promise<void> => {
  const present = schemaVersion(database)
  const newest = migrations.length
  if (present > newest) throw tooNew(present, newest)
  if (present === newest) return
  if (present > 0) {
    await rollBackups(database, { folder: backupFolder, label: `before-schema-${newest}`, keep: 3, nowMs })
  }
  for (const migration of migrations.slice(present)) applyMigration(database, migration)
}

const applyMigration = (database: LibraryDatabase, { number, name, sql }: Migration): void => {
  try {
    database.exec('BEGIN IMMEDIATE')
    database.exec(sql)
    const [orphan] = database.pragma('foreign_key_check') as { table: string }[] // One row per dangling reference.
    if (orphan !== undefined) throw new Error(`rows of ${orphan.table} point nowhere`)
    database.pragma(`user_version = ${number}`)
    database.exec('COMMIT')
  } catch (cause) {
    if (database.inTransaction) database.exec('ROLLBACK')
    const known = asEngineError(cause, name)
    if (known instanceof EngineError && known.code === 'disk-full') throw known
    throw new EngineError(
      'file-malformed',
      {
        where: `migration ${name}`,
        found: cause instanceof Error ? cause.message : String(cause),
        remedy: 'Nothing was changed. Use the previous version of Attune and report this.',
      },
      { cause },
    )
  }
}

const tooNew = (present: number, newest: number): EngineError =>
  new EngineError('format-unsupported', {
    where: 'library database',
    found: `schema ${present}, written by a newer Attune`,
    expected: `schema ${newest} or older`,
    remedy: 'Update Attune, or choose another library folder. Nothing was changed.',
  })
