import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where Attune keeps what it can work out again: the system's folder for caches, or `ATTUNE_CACHE`. */
export const cacheFolder = (environment: Readonly<Record<string, string | undefined>> = process.env): string => {
  if (environment['ATTUNE_CACHE'] !== undefined) return environment['ATTUNE_CACHE']
  if (process.platform === 'win32') return join(environment['LOCALAPPDATA'] ?? homedir(), 'Attune', 'Cache')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'Attune')
  return join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'attune')
}
