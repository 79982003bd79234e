import type { DocumentSummary, Edit, HistoryEntry, Json, OpenDocument } from '../contract/document-records.ts'
import { EngineError } from '../contract/failures.ts'
import { applyEdits } from './document-edits.ts'
import type { LibraryDatabase } from './open-database.ts'

interface DocumentRow {
  readonly id: number
  readonly name: string
  readonly state: string
  readonly state_sequence: number
  readonly sequence: number
  readonly created_ms: number
  readonly changed_ms: number
  readonly trashed_ms: number | null
}

export interface Change {
  readonly label: string
  readonly edits: readonly Edit[]
  readonly inverse: readonly Edit[]
  readonly atMs: number
}

interface ChangeRow {
  readonly sequence: number
  readonly label: string
  readonly edits: string
  readonly inverse: string
  readonly at_ms: number
}

/** After so many changes the whole state is written again, so that opening never replays more. */
const snapshotEvery = 50

/**
 * Canvas documents as a state and a journal of changes. Every change is a committed row with its inverse, so undo and
 * redo reach across restarts. A writer says where it thinks the document stands; a stale one is refused.
 */
export class DocumentStore {
  readonly #database: LibraryDatabase

  constructor(database: LibraryDatabase) {
    this.#database = database
  }

  list(isTrashed: boolean): DocumentSummary[] {
    return this.#database
      .prepare<[], DocumentRow>(
        `SELECT * FROM document WHERE trashed_ms IS ${isTrashed ? 'NOT NULL' : 'NULL'} ORDER BY changed_ms DESC, id DESC`,
      )
      .all()
      .map(toSummary)
  }

  create(name: string, state: Json, nowMs: number): OpenDocument {
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO document (name, state, created_ms, changed_ms) VALUES (@name, @state, @nowMs, @nowMs)')
      .run({ name, state: JSON.stringify(state), nowMs })
    return this.open(Number(lastInsertRowid))
  }

  /** @throws EngineError 'not-found' */
  open(id: number): OpenDocument {
    const row = this.#row(id)
    return { ...toSummary(row), sequence: row.sequence, state: this.#stateOf(row), history: this.#history(id) }
  }

  /**
   * Appends one undoable change at the place where the document stands; what could be redone is gone.
   *
   * @throws EngineError 'conflict' when `sequence` is not where the document stands, 'bad-argument' for a wrong path
   */
  append(id: number, sequence: number, { label, edits }: Pick<Change, 'label' | 'edits'>, nowMs: number): number {
    const appendChange = this.#database.transaction(() => {
      const row = this.#rowAt(id, sequence)
      const { state, inverse } = applyEdits(this.#stateOf(row), edits)
      if (row.state_sequence > sequence) this.#snapshot(id, this.#stateOf(row), sequence)
      this.#database.prepare('DELETE FROM document_change WHERE document_id = ? AND sequence > ?').run(id, sequence)
      this.#insertChange(id, sequence + 1, { label, edits, inverse, atMs: nowMs })
      this.#moveTo(id, sequence + 1, nowMs)
      if (sequence + 1 - Math.min(row.state_sequence, sequence) >= snapshotEvery)
        this.#snapshot(id, state, sequence + 1)
      return sequence + 1
    })
    return appendChange.immediate()
  }

  /** One change back. @throws EngineError 'conflict' when there is none or the document stands elsewhere */
  undo(id: number, sequence: number, nowMs: number): OpenDocument {
    return this.#step(id, sequence, sequence - 1, nowMs)
  }

  /** One change forth again. @throws EngineError 'conflict' when there is none or the document stands elsewhere */
  redo(id: number, sequence: number, nowMs: number): OpenDocument {
    return this.#step(id, sequence, sequence + 1, nowMs)
  }

  rename(id: number, name: string): DocumentSummary {
    this.#database.prepare('UPDATE document SET name = ? WHERE id = ?').run(name, id)
    return toSummary(this.#row(id))
  }

  setTrashed(id: number, trashedMs: number | null): DocumentSummary {
    this.#database.prepare('UPDATE document SET trashed_ms = ? WHERE id = ?').run(trashedMs, id)
    return toSummary(this.#row(id))
  }

  /** Removes a document that is in the trash, with its history. @throws EngineError 'conflict' when it is not there */
  erase(id: number): void {
    if (this.#row(id).trashed_ms === null) {
      throw new EngineError('conflict', { where: 'documents', found: `document ${id} is not in the trash` })
    }
    this.#database.prepare('DELETE FROM document WHERE id = ?').run(id)
  }

  /** Every change, oldest first, as it is written into an exported file. */
  changes(id: number): Change[] {
    return this.#changeRows(id, 0, Number.MAX_SAFE_INTEGER).map((row) => ({
      label: row.label,
      edits: JSON.parse(row.edits) as Edit[], // Only `append` writes these, after parsing.
      inverse: JSON.parse(row.inverse) as Edit[], // Made by `applyEdits`.
      atMs: row.at_ms,
    }))
  }

  /** A document with a history made elsewhere, standing at `sequence`; all of it was checked by replaying. */
  createWithHistory(
    name: string,
    state: Json,
    changes: readonly Change[],
    sequence: number,
    nowMs: number,
  ): OpenDocument {
    const createAll = this.#database.transaction(() => {
      const { id } = this.create(name, state, nowMs)
      for (const [index, change] of changes.entries()) this.#insertChange(id, index + 1, change)
      this.#snapshot(id, state, sequence)
      this.#moveTo(id, sequence, nowMs)
      return this.open(id)
    })
    return createAll.immediate()
  }

  #step(id: number, from: number, to: number, nowMs: number): OpenDocument {
    const stepOnce = this.#database.transaction(() => {
      this.#rowAt(id, from)
      const [change] = this.#changeRows(id, Math.min(from, to), Math.max(from, to))
      if (change === undefined) {
        throw new EngineError('conflict', {
          where: 'document',
          found: to < from ? 'nothing to undo' : 'nothing to redo',
        })
      }
      this.#moveTo(id, to, nowMs)
      return this.open(id)
    })
    return stepOnce.immediate()
  }

  #row(id: number): DocumentRow {
    const row = this.#database.prepare<[number], DocumentRow>('SELECT * FROM document WHERE id = ?').get(id)
    if (row === undefined) throw new EngineError('not-found', { where: 'documents', found: `no document ${id}` })
    return row
  }

  #rowAt(id: number, sequence: number): DocumentRow {
    const row = this.#row(id)
    if (row.sequence === sequence) return row
    throw new EngineError('conflict', {
      where: 'document',
      found: `change ${sequence}`,
      expected: `change ${row.sequence}, where the document stands`,
      remedy: 'Open the document again.',
    })
  }

  #stateOf(row: DocumentRow): Json {
    const isForward = row.sequence >= row.state_sequence
    const rows = this.#changeRows(
      row.id,
      Math.min(row.sequence, row.state_sequence),
      Math.max(row.sequence, row.state_sequence),
    )
    const steps = isForward ? rows.map(({ edits }) => edits) : rows.toReversed().map(({ inverse }) => inverse)
    const start = JSON.parse(row.state) as Json // Whatever JSON gives is Json.
    return steps.reduce((state, edits) => applyEdits(state, JSON.parse(edits) as Edit[]).state, start) // Parsed when appended.
  }

  /** The changes that lead from state `after` to state `upTo`. */
  #changeRows(id: number, after: number, upTo: number): ChangeRow[] {
    return this.#database
      .prepare<[number, number, number], ChangeRow>(
        'SELECT * FROM document_change WHERE document_id = ? AND sequence > ? AND sequence <= ? ORDER BY sequence',
      )
      .all(id, after, upTo)
  }

  #history(id: number): HistoryEntry[] {
    return this.#database
      .prepare<[number], HistoryEntry>(
        'SELECT sequence, label, at_ms AS atMs FROM document_change WHERE document_id = ? ORDER BY sequence',
      )
      .all(id)
  }

  #insertChange(id: number, sequence: number, { label, edits, inverse, atMs }: Change): void {
    this.#database
      .prepare(
        'INSERT INTO document_change (document_id, sequence, label, edits, inverse, at_ms) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(id, sequence, label, JSON.stringify(edits), JSON.stringify(inverse), atMs)
  }

  #moveTo(id: number, sequence: number, nowMs: number): void {
    this.#database.prepare('UPDATE document SET sequence = ?, changed_ms = ? WHERE id = ?').run(sequence, nowMs, id)
  }

  #snapshot(id: number, state: Json, sequence: number): void {
    this.#database
      .prepare('UPDATE document SET state = ?, state_sequence = ? WHERE id = ?')
      .run(JSON.stringify(state), sequence, id)
  }
}

const toSummary = (row: DocumentRow): DocumentSummary => ({
  id: row.id,
  name: row.name,
  createdMs: row.created_ms,
  changedMs: row.changed_ms,
  trashedMs: row.trashed_ms,
})
