import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the library lies when nobody says otherwise: the system's folder for an application's data. */
export const defaultLibraryRoot = (environment: Readonly<Record<string, string | undefined>> = process.env): string => {
  if (environment['ATTUNE_LIBRARY'] !== undefined) return environment['ATTUNE_LIBRARY']
  if (process.platform === 'win32') return join(environment['APPDATA'] ?? homedir(), 'Attune')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Attune')
  return join(environment['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'attune')
}

/** The folder with the SQL that makes and changes libraries. */
export const migrationsFolder = (): string => fileURLToPath(new URL('../../migrations', import.meta.url))
