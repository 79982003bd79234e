import { gunzipSync, gzipSync } from 'node:zlib'
import { documentFileSchema } from '../../contract/document-file-record.ts'
import type { DocumentFile } from '../../contract/document-file-record.ts'
import type { OpenDocument } from '../../contract/document-records.ts'
import { EngineError } from '../../contract/failures.ts'
import { hashesIn } from '../../library/blob-store.ts'
import { applyEdits } from '../../library/document-edits.ts'
import type { Change } from '../../library/document-store.ts'
import { hashOf } from '../../library/image-files.ts'
import type { Library } from '../../library/library.ts'

/** A document may not grow beyond this when it is unpacked. */
const mostBytes = 400_000_000

/** A whole document as one file: its state, its history, and the masks that either names; JSON in gzip. */
export const exportDocument = (library: Library, id: number): Uint8Array => {
  const open = library.documents.open(id)
  const changes = library.documents.changes(id)
  const start = rewind(open, changes)
  const hashes = hashesIn(JSON.stringify([start, changes]))
  const blobs = [...hashes].filter((hash) => library.blobs.has(hash))
  const file: DocumentFile = {
    format: 'attune-document',
    version: 1,
    name: open.name,
    start,
    changes: changes.map(({ label, edits, atMs }) => ({ label, edits: [...edits], atMs })),
    sequence: open.sequence,
    blobs: Object.fromEntries(blobs.map((hash) => [hash, Buffer.from(library.blobs.get(hash)).toString('base64')])),
  }
  return gzipSync(JSON.stringify(file))
}

/**
 * Adds a document from a file that anybody may have made: its shape is checked, its history replayed, every mask held to
 * its hash.
 *
 * @throws EngineError 'file-malformed' with the first thing that is wrong; then nothing was added
 */
export const importDocument = (library: Library, bytes: Uint8Array, nowMs: number): OpenDocument => {
  const file = readFile(bytes)
  const blobs = Object.entries(file.blobs).map(([hash, base64]) => ({ hash, bytes: Buffer.from(base64, 'base64') }))
  const changed = blobs.find((blob) => hashOf(blob.bytes) !== blob.hash)
  if (changed !== undefined) throw malformed(`a mask that is not ${changed.hash}`)
  if (file.sequence > file.changes.length) throw malformed(`a place after its last change`)
  const { states, changes } = replay(file)
  const addAll = library.database.transaction(() => {
    for (const blob of blobs) library.blobs.put(blob.bytes, nowMs)
    return library.documents.createWithHistory(file.name, states[file.sequence] ?? null, changes, file.sequence, nowMs)
  })
  return addAll.immediate()
}

const rewind = (open: OpenDocument, changes: readonly Change[]): DocumentFile['start'] =>
  changes.slice(0, open.sequence).reduceRight((state, { inverse }) => applyEdits(state, inverse).state, open.state)

const replay = (file: DocumentFile): { states: DocumentFile['start'][]; changes: Change[] } => {
  const states = [file.start]
  const changes: Change[] = []
  try {
    for (const change of file.changes) {
      const { state, inverse } = applyEdits(states.at(-1) ?? null, change.edits)
      states.push(state)
      changes.push({ ...change, inverse })
    }
  } catch (cause) {
    throw malformed(`a history that breaks at change ${changes.length + 1}`, cause)
  }
  return { states, changes }
}

const readFile = (bytes: Uint8Array): DocumentFile => {
  try {
    const text = gunzipSync(bytes, { maxOutputLength: mostBytes }).toString('utf8')
    return documentFileSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw malformed('something else', cause)
  }
}

const malformed = (found: string, cause?: unknown): EngineError =>
  new EngineError(
    'file-malformed',
    { where: 'document file', found, expected: 'a document exported by Attune', remedy: 'Export it again.' },
    { cause },
  )
