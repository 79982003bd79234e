import { readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isErrno } from './write-failure.ts'
import { isTemporaryName } from './write-whole.ts'

/**
 * Removes what a power cut or a kill left of unfinished writes: our own temporary files in `folder` (not below it) that
 * were last written before `before`. Files of any other name stay.
 *
 * @returns the names removed
 */
export const removeTemporaries = async (folder: string, before: Date): Promise<readonly string[]> => {
  const removed: string[] = []
  for (const name of (await readdir(folder)).filter(isTemporaryName)) {
    if (await isRemoved(join(folder, name), before)) removed.push(name)
  }
  return removed
}

const isRemoved = async (path: string, before: Date): Promise<boolean> => {
  try {
    if ((await stat(path)).mtimeMs >= before.getTime()) return false
    await unlink(path)
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
}
