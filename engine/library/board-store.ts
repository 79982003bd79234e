import type { Board } from '../contract/calls/image-calls.ts'
import { EngineError } from '../contract/failures.ts'
import type { LibraryDatabase } from './open-database.ts'

/** Collections of pictures that a user makes by hand. */
export class BoardStore {
  readonly #database: LibraryDatabase

  constructor(database: LibraryDatabase) {
    this.#database = database
  }

  list(): Board[] {
    return this.#database
      .prepare<[], Board>(
        `SELECT board.id, name, count(image.id) AS images, max(image.id) AS cover FROM board
         LEFT JOIN board_image ON board_id = board.id
         LEFT JOIN image ON image.id = image_id AND trashed_ms IS NULL
         GROUP BY board.id ORDER BY name COLLATE NOCASE, board.id`,
      )
      .all()
  }

  /** @throws EngineError 'not-found' */
  get(id: number): Board {
    const board = this.list().find((candidate) => candidate.id === id)
    if (board === undefined) throw new EngineError('not-found', { where: 'boards', found: `no board ${id}` })
    return board
  }

  create(name: string, nowMs: number): Board {
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO board (name, created_ms) VALUES (?, ?)')
      .run(name, nowMs)
    return this.get(Number(lastInsertRowid))
  }

  /** @throws EngineError 'not-found' */
  rename(id: number, name: string): Board {
    this.#database.prepare('UPDATE board SET name = ? WHERE id = ?').run(name, id)
    return this.get(id)
  }

  /** Removes the board; its pictures stay. */
  remove(id: number): number {
    return this.#database.prepare('DELETE FROM board WHERE id = ?').run(id).changes
  }

  /** Puts pictures on a board; gives those that were not on it. @throws EngineError 'not-found' for a board or picture */
  add(id: number, imageIds: readonly number[]): number[] {
    this.get(id)
    const insert = this.#database.prepare(
      'INSERT INTO board_image (board_id, image_id) SELECT ?, id FROM image WHERE id = ? ON CONFLICT DO NOTHING',
    )
    return this.#each(imageIds, (imageId) => insert.run(id, imageId).changes)
  }

  take(id: number, imageIds: readonly number[]): number[] {
    const remove = this.#database.prepare('DELETE FROM board_image WHERE board_id = ? AND image_id = ?')
    return this.#each(imageIds, (imageId) => remove.run(id, imageId).changes)
  }

  #each(imageIds: readonly number[], change: (imageId: number) => number): number[] {
    return this.#database.transaction(() => imageIds.filter((imageId) => change(imageId) === 1)).immediate()
  }
}
