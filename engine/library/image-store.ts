import { EngineError } from '../contract/failures.ts'
import { foreignSettingsSchema } from '../contract/image-records.ts'
import type { ImageDetails, ImageSummary } from '../contract/image-records.ts'
import { recipeSchema, regionCoverageSchema } from '../contract/records.ts'
import { nextImageId } from './image-ids.ts'
import { summaryColumns, textOf, toSummary } from './image-row.ts'
import type { ImageRow, NewImage, SummaryRow } from './image-row.ts'
import type { LibraryDatabase } from './open-database.ts'
import { refreshObedience } from './refresh-obedience.ts'

/** What `add` did: a picture whose bytes are known already keeps its first row. */
export interface Added {
  readonly image: ImageSummary
  readonly isNew: boolean
}

/** The rows of pictures. Files are written before a row is made and removed before it goes, elsewhere. */
export class ImageStore {
  readonly #database: LibraryDatabase

  constructor(database: LibraryDatabase) {
    this.#database = database
  }

  /** Makes the row of a picture whose file is safe, in one transaction with its search words. */
  add(image: NewImage): Added {
    return this.#database.transaction(() => this.#add(image)).immediate()
  }

  /** One transaction for many pictures: an import costs one fsync per batch. */
  addAll(images: readonly NewImage[]): Added[] {
    return this.#database.transaction(() => images.map((image) => this.#add(image))).immediate()
  }

  /** @throws EngineError 'not-found' */
  row(id: number): ImageRow {
    const row = this.#database.prepare<[number], ImageRow>('SELECT * FROM image WHERE id = ?').get(id)
    if (row === undefined) throw new EngineError('not-found', { where: 'library', found: `no image ${id}` })
    return row
  }

  /** @throws EngineError 'not-found' */
  summary(id: number): ImageSummary {
    return toSummary(this.row(id))
  }

  /** Those of `ids` that exist, in their order. */
  summaries(ids: readonly number[]): ImageSummary[] {
    const get = this.#database.prepare<[number], SummaryRow>(`SELECT ${summaryColumns} FROM image WHERE id = ?`)
    return ids.map((id) => get.get(id)).filter((row) => row !== undefined).map(toSummary) // prettier-ignore
  }

  /** @throws EngineError 'not-found' */
  details(id: number): ImageDetails {
    const row = this.row(id)
    return {
      ...toSummary(row),
      hash: row.hash,
      sizeBytes: row.size_bytes,
      isInPlace: row.folder_id !== null,
      fileName: row.path ?? `${row.hash}.${row.format}`,
      recipe: row.recipe === null ? null : recipeSchema.parse(JSON.parse(row.recipe)),
      coverage: row.coverage === null ? null : coverageSchema.parse(JSON.parse(row.coverage)),
      foreign: row.foreign_settings === null ? null : foreignSettingsSchema.parse(JSON.parse(row.foreign_settings)),
      tags: this.#column(
        'SELECT name AS value FROM tag JOIN image_tag ON tag.id = tag_id WHERE image_id = ? ORDER BY name',
        id,
      ),
      boardIds: this.#column('SELECT board_id AS value FROM board_image WHERE image_id = ? ORDER BY board_id', id),
    }
  }

  findByHash(hash: string): ImageSummary | undefined {
    const row = this.#database.prepare<[string], ImageRow>('SELECT * FROM image WHERE hash = ?').get(hash)
    return row === undefined ? undefined : toSummary(row)
  }

  /** Moves pictures into the trash; their files stay. Gives the ids that were not there before. */
  trash(ids: readonly number[], nowMs: number): number[] {
    return this.#change('UPDATE image SET trashed_ms = @nowMs WHERE id = @id AND trashed_ms IS NULL', ids, { nowMs })
  }

  restore(ids: readonly number[]): number[] {
    return this.#change('UPDATE image SET trashed_ms = NULL WHERE id = @id AND trashed_ms IS NOT NULL', ids)
  }

  /** Marks rows; nothing waits for the disk, since the next look at the files finds the same. */
  setMissing(ids: readonly number[], isMissing: boolean): number[] {
    const missing = isMissing ? 1 : 0
    const sql = 'UPDATE image SET is_missing = @missing WHERE id = @id AND is_missing <> @missing'
    this.#database.pragma('synchronous = NORMAL')
    try {
      return this.#change(sql, ids, { missing })
    } finally {
      this.#database.pragma('synchronous = FULL')
    }
  }

  /** The rows of those of `ids` that are in the trash. */
  trashed(ids: readonly number[]): ImageRow[] {
    const get = this.#database.prepare<[number], ImageRow>(
      'SELECT * FROM image WHERE id = ? AND trashed_ms IS NOT NULL',
    )
    return ids.map((id) => get.get(id)).filter((row) => row !== undefined)
  }

  /** Removes rows of trashed pictures with all that hangs on them; gives what they were. Their files are gone before. */
  erase(ids: readonly number[]): ImageRow[] {
    const take = this.#database.prepare<[number], ImageRow>(
      'DELETE FROM image WHERE id = ? AND trashed_ms IS NOT NULL RETURNING *',
    )
    const forget = this.#database.prepare('DELETE FROM image_text WHERE rowid = ?')
    const eraseAll = this.#database.transaction(() => {
      const rows = ids.map((id) => take.get(id)).filter((row) => row !== undefined)
      for (const { id } of rows) forget.run(id)
      return rows
    })
    return eraseAll.immediate()
  }

  /** Writes a picture's search words anew, after its tags changed. */
  indexText(id: number): void {
    const row = this.row(id)
    const { recipe, foreign } = this.details(id)
    const text = textOf({ recipe, foreign, ...(row.path === null ? {} : { inPlace: inPlaceOf(row) }) })
    const tags = this.#column<string>(
      'SELECT name AS value FROM tag JOIN image_tag ON tag.id = tag_id WHERE image_id = ?',
      id,
    )
    this.#database.prepare('DELETE FROM image_text WHERE rowid = ?').run(id)
    this.#insertText(id, { ...text, tags: tags.join(' ') })
  }

  #add(image: NewImage): Added {
    const known = this.findByHash(image.hash)
    if (known !== undefined) return { image: known, isNew: false }
    const id = nextImageId(this.#database, image.createdMs)
    this.#database.prepare(insertImage).run({
      id,
      hash: image.hash,
      createdMs: image.createdMs,
      width: image.width,
      height: image.height,
      format: image.format,
      sizeBytes: image.sizeBytes,
      folderId: image.inPlace?.folderId ?? null,
      path: image.inPlace?.path ?? null,
      modifiedMs: image.inPlace?.modifiedMs ?? null,
      recipe: image.recipe === null ? null : JSON.stringify(image.recipe),
      coverage: image.coverage === undefined ? null : JSON.stringify(image.coverage),
      foreign: image.foreign === null ? null : JSON.stringify(image.foreign),
      model: image.recipe?.model.name ?? image.foreign?.model ?? null,
      seed: image.recipe?.seed ?? image.foreign?.seed ?? null,
      obeys: obeysAll(image.coverage),
      jobId: image.made?.jobId ?? null,
      picture: image.made?.picture ?? null,
    })
    if (image.coverage !== undefined) refreshObedience(this.#database, id)
    this.#insertText(id, { ...textOf(image), tags: '' })
    return { image: this.summary(id), isNew: true }
  }

  #insertText(id: number, text: { prompt: string; negative: string; tags: string; other: string }): void {
    this.#database
      .prepare(
        'INSERT INTO image_text (rowid, prompt, negative, tags, other) VALUES (@id, @prompt, @negative, @tags, @other)',
      )
      .run({ id, ...text })
  }

  #change(sql: string, ids: readonly number[], values: Readonly<Record<string, number>> = {}): number[] {
    const statement = this.#database.prepare(sql)
    const changeAll = this.#database.transaction(() =>
      ids.filter((id) => statement.run({ ...values, id }).changes === 1),
    )
    return changeAll.immediate()
  }

  #column<Value>(sql: string, id: number): Value[] {
    return this.#database
      .prepare<[number], { value: Value }>(sql)
      .all(id)
      .map(({ value }) => value)
  }
}

const coverageSchema = regionCoverageSchema.array()

const insertImage = `
  INSERT INTO image (id, hash, created_ms, width, height, format, size_bytes, folder_id, path, modified_ms, recipe, coverage,
                     foreign_settings, model_name, seed, obeys_regions, job_id, picture)
  VALUES (@id, @hash, @createdMs, @width, @height, @format, @sizeBytes, @folderId, @path, @modifiedMs, @recipe, @coverage,
          @foreign, @model, @seed, @obeys, @jobId, @picture)`

/** As SQLite keeps it; null where nothing was painted. */
const obeysAll = (coverage: NewImage['coverage']): 0 | 1 | null =>
  coverage === undefined || coverage.length === 0 ? null : coverage.every(({ isObeyed }) => isObeyed) ? 1 : 0

const inPlaceOf = (row: ImageRow): { folderId: number; path: string; modifiedMs: number } => ({
  folderId: row.folder_id ?? 0,
  path: row.path ?? '',
  modifiedMs: row.modified_ms ?? 0,
})
