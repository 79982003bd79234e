import { EngineError } from '../contract/failures.ts'
import type { FolderLayout, ModelKind, ModelPrediction, ModelRow } from '../contract/model-records.ts'
import type { PredictionKind } from '../contract/records.ts'
import type { LibraryDatabase } from './open-database.ts'

export interface ModelFolderRow {
  readonly id: number
  readonly path: string
  readonly layout: FolderLayout
}

/** What a model's network predicts as far as its files tell. */
export type OwnPrediction = Pick<ModelPrediction, 'own' | 'isAssumed'>

/** A model file or folder as a scan found it. */
export interface FoundModel {
  /** Relative to its folder, with `/`. */
  readonly path: string
  readonly name: string
  readonly kind: ModelKind
  readonly family: string | null
  readonly sentence: string
  readonly isUsable: boolean
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** Null for whatever is no usable model. */
  readonly prediction: OwnPrediction | null
}

interface StoredModel {
  readonly id: number
  readonly folder_id: number
  readonly path: string
  readonly name: string
  readonly kind: ModelKind
  readonly family: string | null
  readonly sentence: string
  readonly is_usable: 0 | 1
  readonly size_bytes: number
  readonly modified_ms: number
  readonly hash: string | null
  readonly is_missing: 0 | 1
  readonly own_prediction: PredictionKind | null
  readonly assumes_prediction: 0 | 1 | null
  readonly chosen_prediction: PredictionKind | null
}

/** Folders with models and what lies in them. Files belong to the user: rows come and go, files are only read. */
export class ModelStore {
  readonly #database: LibraryDatabase

  constructor(database: LibraryDatabase) {
    this.#database = database
  }

  folders(): ModelFolderRow[] {
    return this.#database.prepare<[], ModelFolderRow>('SELECT id, path, layout FROM model_folder ORDER BY id').all()
  }

  addFolder(path: string, layout: FolderLayout, nowMs: number): void {
    this.#database
      .prepare('INSERT INTO model_folder (path, layout, added_ms) VALUES (?, ?, ?) ON CONFLICT (path) DO NOTHING')
      .run(path, layout, nowMs)
  }

  removeFolder(id: number): void {
    this.#database.prepare('DELETE FROM model_folder WHERE id = ?').run(id)
  }

  list(): ModelRow[] {
    return this.#database
      .prepare<[], StoredModel>('SELECT * FROM model ORDER BY name COLLATE NOCASE, id')
      .all()
      .map(toModel)
  }

  /** @throws EngineError 'not-found' */
  get(id: number): ModelRow {
    const row = this.#database.prepare<[number], StoredModel>('SELECT * FROM model WHERE id = ?').get(id)
    if (row === undefined) throw new EngineError('not-found', { where: 'models', found: `no model ${id}` })
    return toModel(row)
  }

  /** Size and time of what is known of a folder, so that a scan reads only files that changed. */
  known(folderId: number): Map<string, { readonly sizeBytes: number; readonly modifiedMs: number }> {
    const rows = this.#database
      .prepare<[number], { path: string; size_bytes: number; modified_ms: number }>(
        'SELECT path, size_bytes, modified_ms FROM model WHERE folder_id = ? AND is_missing = 0',
      )
      .all(folderId)
    return new Map(rows.map((row) => [row.path, { sizeBytes: row.size_bytes, modifiedMs: row.modified_ms }]))
  }

  /** Writes what a scan found: new and changed rows; those not in `present` become missing, so that jobs still name them. */
  update(folderId: number, changed: readonly FoundModel[], present: ReadonlySet<string>): void {
    const updateAll = this.#database.transaction(() => {
      const put = this.#database.prepare(putModel)
      for (const { prediction, ...model } of changed) {
        const own = prediction?.own ?? null
        const assumes = prediction === null ? null : Number(prediction.isAssumed)
        put.run({ ...model, folderId, isUsable: model.isUsable ? 1 : 0, own, assumes })
      }
      const mark = this.#database.prepare('UPDATE model SET is_missing = ? WHERE folder_id = ? AND path = ?')
      const rows = this.#database
        .prepare<[number], { path: string; is_missing: 0 | 1 }>(
          'SELECT path, is_missing FROM model WHERE folder_id = ?',
        )
        .all(folderId)
      for (const { path, is_missing } of rows) {
        const isMissing = present.has(path) ? 0 : 1
        if (isMissing !== is_missing) mark.run(isMissing, folderId, path)
      }
    })
    updateAll.immediate()
  }

  setHash(id: number, hash: string): void {
    this.#database.prepare('UPDATE model SET hash = ? WHERE id = ?').run(hash, id)
  }

  /**
   * Keeps what the user says that a model's network predicts; null: what its files say.
   *
   * @throws EngineError 'not-found'; 'bad-argument' for what is no model
   */
  choosePrediction(id: number, chosen: PredictionKind | null): ModelRow {
    const row = this.get(id)
    if (row.prediction === null && chosen !== null) {
      throw new EngineError('bad-argument', { where: row.name, found: row.sentence, expected: 'a model' })
    }
    this.#database.prepare('UPDATE model SET chosen_prediction = ? WHERE id = ?').run(chosen, id)
    return this.get(id)
  }
}

const putModel = `
  INSERT INTO model (folder_id, path, name, kind, family, sentence, is_usable, size_bytes, modified_ms, own_prediction, assumes_prediction)
  VALUES (@folderId, @path, @name, @kind, @family, @sentence, @isUsable, @sizeBytes, @modifiedMs, @own, @assumes)
  ON CONFLICT (folder_id, path) DO UPDATE SET
    name = excluded.name, kind = excluded.kind, family = excluded.family, sentence = excluded.sentence,
    is_usable = excluded.is_usable, is_missing = 0,
    own_prediction = excluded.own_prediction, assumes_prediction = excluded.assumes_prediction,
    hash = CASE WHEN size_bytes = excluded.size_bytes AND modified_ms = excluded.modified_ms THEN hash END,
    size_bytes = excluded.size_bytes, modified_ms = excluded.modified_ms`

const toModel = (row: StoredModel): ModelRow => ({
  id: row.id,
  folderId: row.folder_id,
  path: row.path,
  name: row.name,
  kind: row.kind,
  family: row.family,
  sentence: row.sentence,
  isUsable: row.is_usable === 1,
  sizeBytes: row.size_bytes,
  modifiedMs: row.modified_ms,
  hash: row.hash,
  isMissing: row.is_missing === 1,
  prediction: toPrediction(row),
})

const toPrediction = (row: StoredModel): ModelPrediction | null =>
  row.own_prediction === null
    ? null
    : { own: row.own_prediction, isAssumed: row.assumes_prediction === 1, chosen: row.chosen_prediction }
