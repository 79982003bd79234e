import { EngineError } from '../contract/failures.ts'
import {
  firstMarksSchema,
  measuredAlignmentSchema,
  type FirstMarkRecord,
  type HeatSource,
  type MeasuredAlignment,
} from '../contract/picture-alignment-record.ts'
import type { WordMark } from '../contract/records.ts'
import type { LibraryDatabase } from './open-database.ts'
import { refreshObedience } from './refresh-obedience.ts'

/** A word's map as it is kept. */
export interface KeptHeat extends Pick<WordMark, 'word' | 'width' | 'height' | 'heat'> {
  readonly source: HeatSource
}

/** What is kept of a picture's alignment. */
export interface KeptAlignment {
  readonly first: FirstMarkRecord[]
  readonly measured: MeasuredAlignment | null
}

interface HeatRow {
  readonly source: HeatSource
  readonly word: string
  readonly width: number
  readonly height: number
  readonly bytes: Uint8Array
}

/** What pictures show of their words, one row a picture, and the maps of the words. Erased with the picture. */
export class AlignmentStore {
  readonly #database: LibraryDatabase

  constructor(database: LibraryDatabase) {
    this.#database = database
  }

  /** Nothing known is an empty record. */
  get(imageId: number): KeptAlignment {
    const row = this.#database
      .prepare<[number], { first: string; measured: string | null }>(
        'SELECT first, measured FROM image_alignment WHERE image_id = ?',
      )
      .get(imageId)
    return {
      first: row === undefined ? [] : firstMarksSchema.parse(JSON.parse(row.first)),
      measured: row?.measured == null ? null : measuredAlignmentSchema.parse(JSON.parse(row.measured)),
    }
  }

  /** The marks of a picture's own attention, in one transaction with their maps. */
  putFirst(imageId: number, marks: readonly WordMark[]): void {
    const first = JSON.stringify(marks.map(({ word, share }) => ({ word, share })))
    this.#put(imageId, 'first', marks, () => {
      this.#database
        .prepare(
          'INSERT INTO image_alignment (image_id, first) VALUES (?, ?) ON CONFLICT (image_id) DO UPDATE SET first = excluded.first',
        )
        .run(imageId, first)
    })
  }

  /** Takes the place of what was measured before. */
  putMeasured(imageId: number, measured: MeasuredAlignment, heats: readonly Omit<KeptHeat, 'source'>[]): void {
    this.#put(imageId, 'measured', heats, () => {
      this.#database
        .prepare(
          'INSERT INTO image_alignment (image_id, measured) VALUES (?, ?) ON CONFLICT (image_id) DO UPDATE SET measured = excluded.measured',
        )
        .run(imageId, JSON.stringify(measured))
      this.#putIgnored(imageId, measured)
      refreshObedience(this.#database, imageId)
    })
  }

  /** The measured map of a word, else the first one. @throws EngineError 'not-found' */
  heat(imageId: number, word: string): KeptHeat {
    const row = this.#database
      .prepare<[number, string], HeatRow>(
        "SELECT source, word, width, height, bytes FROM image_heat WHERE image_id = ? AND word = ? ORDER BY source = 'measured' DESC",
      )
      .get(imageId, word)
    if (row === undefined) {
      throw new EngineError('not-found', { where: 'heat map', found: `none of "${word}" in picture ${imageId}` })
    }
    const { bytes, ...rest } = row
    return { ...rest, heat: bytes }
  }

  /** For the gallery's search. */
  #putIgnored(imageId: number, { report }: MeasuredAlignment): void {
    this.#database.prepare('DELETE FROM image_ignored WHERE image_id = ?').run(imageId)
    const put = this.#database.prepare('INSERT OR IGNORE INTO image_ignored (image_id, word) VALUES (?, ?)')
    for (const { word, score } of report.words) if (score.verdict === 'ignored') put.run(imageId, word)
  }

  #put(imageId: number, source: HeatSource, heats: readonly Omit<KeptHeat, 'source'>[], record: () => void): void {
    const drop = this.#database.prepare('DELETE FROM image_heat WHERE image_id = ? AND source = ?')
    const put = this.#database.prepare(
      'INSERT INTO image_heat (image_id, source, word, width, height, bytes) VALUES (?, ?, ?, ?, ?, ?)',
    )
    const putAll = this.#database.transaction(() => {
      record()
      drop.run(imageId, source)
      for (const { word, width, height, heat } of heats)
        put.run(imageId, source, word, width, height, Buffer.from(heat))
    })
    putAll.immediate()
  }
}
