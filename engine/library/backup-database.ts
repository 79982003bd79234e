import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { LibraryDatabase } from './open-database.ts'
import { verifyDatabaseFile } from './verify-database.ts'

const ending = '.backup.db'

/**
 * Copies an open database while it may be written to, checks the copy whole and only then gives it its name.
 *
 * @param path  of the backup; its folder is made when missing
 * @throws EngineError 'disk-full', 'file-malformed' when the copy is not sound; then no file of that name appears
 */
export const backupDatabase = async (database: LibraryDatabase, path: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.tmp`
  await removeWithSideFiles(draft)
  try {
    await database.backup(draft)
    verifyDatabaseFile(draft)
    await syncFile(draft)
    await rename(draft, path)
    await syncFile(dirname(path))
  } finally {
    await removeWithSideFiles(draft)
  }
}

/** Makes one more rolling backup in `folder` and removes the oldest beyond `keep`; gives its path. */
export const rollBackups = async (
  database: LibraryDatabase,
  { folder, label, keep, nowMs }: { folder: string; label: string; keep: number; nowMs: number },
): Promise<string> => {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')
  const path = join(folder, `${label}-${stamp}${ending}`)
  await backupDatabase(database, path)
  const old = (await listBackups(folder)).filter((name) => name.startsWith(`${label}-`))
  for (const name of old.slice(keep)) await rm(join(folder, name), { force: true })
  return path
}

/** Names of the backups in a folder, newest first. */
export const listBackups = async (folder: string): Promise<string[]> => {
  await mkdir(folder, { recursive: true })
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending))
  return names.sort((a, b) => stampOf(b).localeCompare(stampOf(a)))
}

const stampOf = (name: string): string => /\d{4}-\d\d-\d\dT.*/.exec(basename(name, ending))?.[0] ?? ''

const removeWithSideFiles = async (path: string): Promise<void> => {
  for (const side of ['', '-wal', '-shm', '-journal']) await rm(path + side, { force: true })
}

const syncFile = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
