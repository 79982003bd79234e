import { writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { toFailure } from '../contract/failure-record.ts'
import { EngineError } from '../contract/failures.ts'
import { backupLibrary, backupTakenLibrary, restoreLibrary } from '../library/backup-library.ts'
import { checkLibrary } from '../library/check-library.ts'
import { defaultLibraryRoot, migrationsFolder } from '../library/default-library-root.ts'
import { exportLibrary } from '../library/export-library.ts'
import { libraryFolders } from '../library/library-folders.ts'
import { isLibraryTaken } from '../library/library-lock.ts'
import { Library } from '../library/library.ts'
import { readMigrations } from '../library/migrate-database.ts'
import { openMediaLink } from '../media/protocol/media-link.ts'
import { mediaCodec } from './media-codec.ts'
import { recoverLibrary } from './pictures/recover-library.ts'

/**
 * Entry of `attune library <verb>`: check [--deep] | repair | export FOLDER | backup FOLDER | restore FOLDER. Writes one
 * JSON line: the result, or a failure with exit code 1; a check that found something ends with exit code 3.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { library: { type: 'string' }, deep: { type: 'boolean', default: false } },
})

const say = (line: object): void => void writeSync(process.stdout.fd, `${JSON.stringify(line)}\n`)
const root = resolve(values.library ?? defaultLibraryRoot())

const withLibrary = async <Result>(work: (library: Library) => Promise<Result>): Promise<Result> => {
  const library = await Library.open({ root, migrationsFolder: migrationsFolder(), nowMs: Date.now() })
  try {
    return await work(library)
  } finally {
    library.close()
  }
}

const repair = async (library: Library): Promise<object> => {
  const codec = mediaCodec(openMediaLink())
  try {
    return await recoverLibrary(library, codec, { startedMs: Date.now() })
  } finally {
    await codec.close()
  }
}

/** A library that a studio has open is copied beside it. */
const backup = (path: string): Promise<object> =>
  isLibraryTaken(libraryFolders(root).lock)
    ? backupTakenLibrary(root, path, readMigrations(migrationsFolder()).length)
    : withLibrary((library) => backupLibrary(library, path))

const folderOf = (path: string | undefined): string => {
  if (path !== undefined) return resolve(path)
  throw new EngineError('bad-argument', { where: 'attune library', found: 'no folder', expected: 'a folder' })
}

const run = async (verb: string | undefined, path: string | undefined): Promise<object> => {
  switch (verb) {
    case 'check': {
      const report = await withLibrary((library) => checkLibrary(library, { isDeep: values.deep }))
      const { databaseFaults, missing, withoutRow, damaged } = report
      if ([databaseFaults, missing, withoutRow, damaged].some((found) => found.length > 0)) process.exitCode = 3
      return report
    }
    case 'repair':
      return withLibrary(repair)
    case 'export':
      return withLibrary((library) => exportLibrary(library, folderOf(path)))
    case 'backup':
      return backup(folderOf(path))
    case 'restore':
      return restoreLibrary(folderOf(path), root)
    default:
      throw new EngineError('unknown-name', {
        where: 'attune library',
        found: verb ?? 'nothing',
        expected: 'check, repair, export, backup or restore',
      })
  }
}

try {
  const [verb, path] = positionals
  say({ kind: verb, ...(await run(verb, path)) })
} catch (error) {
  say({ kind: 'failure', ...toFailure(error, 'attune library') })
  process.exitCode = 1
}
