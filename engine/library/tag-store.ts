import type { ImageStore } from './image-store.ts'
import type { LibraryDatabase } from './open-database.ts'

export interface TagChange {
  readonly ids: readonly number[]
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/** Words that users put on pictures. A tag without pictures is gone. */
export class TagStore {
  readonly #database: LibraryDatabase
  readonly #images: ImageStore

  constructor(database: LibraryDatabase, images: ImageStore) {
    this.#database = database
    this.#images = images
  }

  list(): { name: string; images: number }[] {
    return this.#database
      .prepare<[], { name: string; images: number }>(
        `SELECT name, count(image.id) AS images FROM tag
         JOIN image_tag ON tag_id = tag.id JOIN image ON image.id = image_id AND trashed_ms IS NULL
         GROUP BY tag.id ORDER BY name COLLATE NOCASE, name`,
      )
      .all()
  }

  /** Adds and removes tags; gives the ids of the pictures that changed. */
  change({ ids, add, remove }: TagChange): number[] {
    const changeAll = this.#database.transaction(() => {
      const changed = ids.filter((id) => this.#changeOne(id, add, remove))
      for (const id of changed) this.#images.indexText(id)
      this.#database.prepare('DELETE FROM tag WHERE id NOT IN (SELECT tag_id FROM image_tag)').run()
      return changed
    })
    return changeAll.immediate()
  }

  #changeOne(id: number, add: readonly string[], remove: readonly string[]): boolean {
    const make = this.#database.prepare('INSERT INTO tag (name) VALUES (?) ON CONFLICT DO NOTHING')
    const put = this.#database.prepare(
      `INSERT INTO image_tag (tag_id, image_id) SELECT tag.id, image.id FROM tag, image
       WHERE tag.name = ? AND image.id = ? ON CONFLICT DO NOTHING`,
    )
    const take = this.#database.prepare(
      'DELETE FROM image_tag WHERE tag_id = (SELECT id FROM tag WHERE name = ?) AND image_id = ?',
    )
    let changes = 0
    for (const name of remove) changes += take.run(name, id).changes
    for (const name of add) {
      make.run(name)
      changes += put.run(name, id).changes
    }
    return changes > 0
  }
}
