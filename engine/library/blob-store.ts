import { createHash } from 'node:crypto'
import { EngineError } from '../contract/failures.ts'
import type { LibraryDatabase } from './open-database.ts'

/** Masks and other bytes that documents name by their SHA-256. */
export class BlobStore {
  readonly #database: LibraryDatabase

  constructor(database: LibraryDatabase) {
    this.#database = database
  }

  put(bytes: Uint8Array, nowMs: number): string {
    const hash = createHash('sha256').update(bytes).digest('hex')
    this.#database
      .prepare('INSERT INTO document_blob (hash, bytes, created_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
      .run(hash, bytes, nowMs)
    return hash
  }

  /** @throws EngineError 'not-found' */
  get(hash: string): Uint8Array {
    const row = this.#database
      .prepare<[string], { bytes: Uint8Array }>('SELECT bytes FROM document_blob WHERE hash = ?')
      .get(hash)
    if (row === undefined) throw new EngineError('not-found', { where: 'documents', found: `no blob ${hash}` })
    return row.bytes
  }

  has(hash: string): boolean {
    return this.#database.prepare('SELECT 1 FROM document_blob WHERE hash = ?').get(hash) !== undefined
  }

  /** Removes those of `hashes` that no document, history or job names any more. */
  dropUnused(hashes: Iterable<string>): void {
    const used = this.#database.prepare(
      `SELECT 1 FROM document WHERE instr(state, @hash) > 0
       UNION ALL SELECT 1 FROM document_change WHERE instr(edits, @hash) > 0 OR instr(inverse, @hash) > 0
       UNION ALL SELECT 1 FROM job WHERE instr(request, @hash) > 0 LIMIT 1`,
    )
    const drop = this.#database.prepare('DELETE FROM document_blob WHERE hash = ?')
    for (const hash of hashes) if (used.get({ hash }) === undefined) drop.run(hash)
  }
}

/** Every hash that is named anywhere in some JSON text. */
export const hashesIn = (text: string): Set<string> => new Set(text.match(/\b[0-9a-f]{64}\b/g) ?? [])
