import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The folder to read a model from: `path` itself, or for a repository of the Hugging Face cache (`models--author--name`,
 * with `snapshots/` and `refs/`) the snapshot that `refs/main` names, or the only other one where that is not there.
 */
export const findSnapshot = async (path: string): Promise<string> => {
  const entries = await readdir(path).catch((): string[] => []) // opening the folder reports why it cannot be read
  if (!entries.includes('snapshots') || entries.includes('model_index.json')) return path
  const snapshots = await readdir(join(path, 'snapshots'))
  const main = await readFile(join(path, 'refs', 'main'), 'utf8').catch(() => '') // a cache may lack the reference
  const chosen = snapshots.find((snapshot) => snapshot === main.trim()) ?? snapshots.toSorted().at(-1)
  return chosen === undefined ? path : join(path, 'snapshots', chosen)
}
