import { readFile } from 'node:fs/promises'
import { hashOf, listImageFiles } from './image-files.ts'
import { imagePath } from './library-folders.ts'
import type { Library } from './library.ts'
import { findDatabaseFaults } from './verify-database.ts'

/** What a check found; a sound library has nothing but its count of pictures. */
export interface LibraryReport {
  readonly images: number
  /** What SQLite says about its own file. */
  readonly databaseFaults: readonly string[]
  /** Ids of rows whose file is gone. */
  readonly missing: readonly number[]
  /** Hashes of files without a row; `repair` takes them in again. */
  readonly withoutRow: readonly string[]
  /** Hashes of files whose content is another; only a deep check reads every file. */
  readonly damaged: readonly string[]
}

/**
 * Looks at everything and changes nothing.
 *
 * @param isDeep  reads every file of the library's own and compares its SHA-256 with its name
 */
export const checkLibrary = async (
  library: Library,
  { isDeep }: { readonly isDeep: boolean },
): Promise<LibraryReport> => {
  const pictures = listImageFiles(library.folders)
  const rows = library.database
    .prepare<[], { id: number; hash: string }>('SELECT id, hash FROM image WHERE folder_id IS NULL ORDER BY id')
    .all()
  const known = new Set(rows.map(({ hash }) => hash))
  const damaged: string[] = []
  for (const [hash, format] of isDeep ? pictures : []) {
    if (hashOf(await readFile(imagePath(library.folders, hash, format))) !== hash) damaged.push(hash)
  }
  return {
    images: rows.length,
    databaseFaults: findDatabaseFaults(library.database),
    missing: rows.filter(({ hash }) => !pictures.has(hash)).map(({ id }) => id),
    withoutRow: [...pictures.keys()].filter((hash) => !known.has(hash)),
    damaged,
  }
}
