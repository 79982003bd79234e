import { EngineError } from '../contract/failures.ts'
import type { FeedbackEvent, FeedbackKind, ImageScore } from '../contract/feedback-records.ts'
import { scoreFeedback } from './feedback-score.ts'
import type { LibraryDatabase } from './open-database.ts'

interface EventRow {
  readonly id: number
  readonly image_id: number
  readonly kind: FeedbackKind
  readonly at_ms: number
}

/**
 * What users do with pictures, kept as events. Ratings, flags and stars of a picture are computed from its events and
 * copied into its row for searching, so undoing an event leaves exactly what was there before it.
 */
export class FeedbackStore {
  readonly #database: LibraryDatabase

  constructor(database: LibraryDatabase) {
    this.#database = database
  }

  /** @throws EngineError 'not-found' when there is no such picture */
  add(imageId: number, kind: FeedbackKind, nowMs: number): FeedbackEvent {
    return this.#database.transaction(() => this.#add(imageId, kind, nowMs)).immediate()
  }

  /** One event for each picture, in one transaction: all of them or none. @throws EngineError 'not-found' */
  addAll(imageIds: readonly number[], kind: FeedbackKind, nowMs: number): FeedbackEvent[] {
    return this.#database.transaction(() => imageIds.map((imageId) => this.#add(imageId, kind, nowMs))).immediate()
  }

  /** Takes an event back, whatever came after it. @throws EngineError 'not-found' when it is not there or undone already */
  undo(eventId: number, nowMs: number): ImageScore {
    const undoEvent = this.#database.transaction(() => {
      const row = this.#database
        .prepare<[number, number], { image_id: number }>(
          'UPDATE feedback SET undone_ms = ? WHERE id = ? AND undone_ms IS NULL RETURNING image_id',
        )
        .get(nowMs, eventId)
      if (row === undefined) throw new EngineError('not-found', { where: 'feedback', found: `no event ${eventId}` })
      this.#copyToRow(row.image_id, nowMs)
      return this.score(row.image_id, nowMs)
    })
    return undoEvent.immediate()
  }

  /** The events of a picture that hold, oldest first. */
  list(imageId: number): FeedbackEvent[] {
    return this.#database
      .prepare<[number], EventRow>(
        'SELECT id, image_id, kind, at_ms FROM feedback WHERE image_id = ? AND undone_ms IS NULL ORDER BY id',
      )
      .all(imageId)
      .map((row) => ({ id: row.id, imageId: row.image_id, kind: row.kind, atMs: row.at_ms }))
  }

  /** What a picture's events add up to at a moment. */
  score(imageId: number, nowMs: number): ImageScore {
    return { imageId, ...scoreFeedback(this.list(imageId), nowMs) }
  }

  #add(imageId: number, kind: FeedbackKind, nowMs: number): FeedbackEvent {
    this.#assertImage(imageId)
    const insert = this.#database.prepare('INSERT INTO feedback (image_id, kind, at_ms) VALUES (?, ?, ?)')
    const id = Number(insert.run(imageId, kind, nowMs).lastInsertRowid)
    this.#copyToRow(imageId, nowMs)
    return { id, imageId, kind, atMs: nowMs }
  }

  #assertImage(imageId: number): void {
    const row = this.#database.prepare('SELECT 1 FROM image WHERE id = ?').get(imageId)
    if (row === undefined) throw new EngineError('not-found', { where: 'feedback', found: `no image ${imageId}` })
  }

  #copyToRow(imageId: number, nowMs: number): void {
    const { rating, flag, isStarred } = this.score(imageId, nowMs)
    this.#database
      .prepare('UPDATE image SET rating = ?, flag = ?, is_starred = ? WHERE id = ?')
      .run(rating, flag, isStarred ? 1 : 0, imageId)
  }
}
