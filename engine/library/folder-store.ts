import type { LibraryDatabase } from './open-database.ts'

export interface ImageFolder {
  readonly id: number
  readonly path: string
}

/** Folders of the user whose pictures are shown where they lie. */
export class FolderStore {
  readonly #database: LibraryDatabase

  constructor(database: LibraryDatabase) {
    this.#database = database
  }

  list(): ImageFolder[] {
    return this.#database.prepare<[], ImageFolder>('SELECT id, path FROM image_folder ORDER BY id').all()
  }

  get(id: number): ImageFolder | undefined {
    return this.#database.prepare<[number], ImageFolder>('SELECT id, path FROM image_folder WHERE id = ?').get(id)
  }

  /** The folder's row, made when there is none. @param path  absolute and real (no links left) */
  add(path: string, nowMs: number): ImageFolder {
    this.#database
      .prepare('INSERT INTO image_folder (path, added_ms) VALUES (?, ?) ON CONFLICT (path) DO NOTHING')
      .run(path, nowMs)
    const row = this.#database
      .prepare<[string], ImageFolder>('SELECT id, path FROM image_folder WHERE path = ?')
      .get(path)
    if (row === undefined) throw new Error(`the row of ${path} vanished`)
    return row
  }

  /** Paths of a folder's pictures that have rows, with the time they were read. */
  known(folderId: number): Map<string, number> {
    const rows = this.#database
      .prepare<[number], { path: string; modified_ms: number }>(
        'SELECT path, modified_ms FROM image WHERE folder_id = ?',
      )
      .all(folderId)
    return new Map(rows.map(({ path, modified_ms }) => [path, modified_ms]))
  }
}
