import { access } from 'node:fs/promises'
import { libraryFolders } from './library-folders.ts'
import { ModelStore, type ModelFolderRow } from './model-store.ts'
import { asEngineError, openDatabase } from './open-database.ts'

/**
 * The folders of models that a library knows, read without taking the library: the studio may have it open.
 *
 * @returns none when there is no library at `root`
 * @throws EngineError 'file-malformed' | 'file-unreadable'
 */
export const readModelFolders = async (root: string): Promise<readonly ModelFolderRow[]> => {
  const { database: path } = libraryFolders(root)
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (!isThere) return []
  const database = openDatabase(path, { isReadOnly: true })
  try {
    return new ModelStore(database).folders()
  } catch (error) {
    throw asEngineError(error, path)
  } finally {
    database.close()
  }
}
