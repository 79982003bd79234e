import { z } from 'zod'
import { change, read } from '../call.ts'
import {
  blobRefSchema,
  documentSummarySchema,
  editSchema,
  jsonSchema,
  openDocumentSchema,
} from '../document-records.ts'
import { hashSchema, idSchema, lineSchema } from '../scalars.ts'

const name = lineSchema(200).min(1)
const id = z.strictObject({ id: idSchema })
const at = z.strictObject({ id: idSchema, sequence: z.int().nonnegative() })
const stood = z.strictObject({ sequence: z.int().nonnegative(), changedMs: z.int() })

/** Canvas documents, their undo history and their masks. */
export const documentCalls = {
  'documents.list': read(z.strictObject({ isTrashed: z.boolean().default(false) }), z.array(documentSummarySchema)),
  'documents.create': change(z.strictObject({ name, state: jsonSchema }), openDocumentSchema),
  'documents.open': read(id, openDocumentSchema),
  'documents.rename': change(id.extend({ name }), documentSummarySchema),
  /**
   * Appends one undoable change. `sequence` is where the window thinks the document stands; another value means that
   * somebody else changed it, and nothing is written ('conflict').
   */
  'documents.append': change(at.extend({ label: lineSchema(200), edits: z.array(editSchema).min(1).max(1000) }), stood),
  'documents.undo': change(at, openDocumentSchema),
  'documents.redo': change(at, openDocumentSchema),
  'documents.trash': change(id, documentSummarySchema),
  'documents.restore': change(id, documentSummarySchema),
  'documents.erase': change(id, z.strictObject({})),
  'documents.putBlob': change(z.strictObject({ base64: z.base64().max(90_000_000) }), blobRefSchema),
  'documents.getBlob': read(z.strictObject({ hash: hashSchema }), z.strictObject({ base64: z.base64() })),
  'documents.export': read(id, z.strictObject({ fileName: lineSchema(260), base64: z.base64() })),
  'documents.import': change(z.strictObject({ base64: z.base64().max(180_000_000) }), openDocumentSchema),
}
