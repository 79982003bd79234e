import { z } from 'zod'
import { hashSchema, idSchema, lineSchema, momentSchema } from './scalars.ts'

/** Any JSON value; documents are the renderer's own, the service only stores, orders and checks their size. */
export const jsonSchema = z.json()
export type Json = z.infer<typeof jsonSchema>

/** A step into a document: object keys and array indexes. `__proto__` and the like never pass. */
const stepSchema = z.union([
  z.int().min(0).max(1_000_000),
  z
    .string()
    .max(200)
    .refine((key) => !['__proto__', 'constructor', 'prototype'].includes(key), 'is not a key of a document'),
])

/** One edit of a document at a path: put a value there, or take away what is there. */
export const editSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('set'), path: z.array(stepSchema).max(32), value: jsonSchema }),
  z.strictObject({ kind: z.literal('remove'), path: z.array(stepSchema).min(1).max(32) }),
  z.strictObject({ kind: z.literal('insert'), path: z.array(stepSchema).min(1).max(32), value: jsonSchema }),
])
export type Edit = z.infer<typeof editSchema>

export const documentSummarySchema = z.strictObject({
  id: idSchema,
  name: lineSchema(200),
  createdMs: momentSchema,
  changedMs: momentSchema,
  trashedMs: momentSchema.nullable(),
})
export type DocumentSummary = z.infer<typeof documentSummarySchema>

export const historyEntrySchema = z.strictObject({
  sequence: z.int().positive(),
  label: lineSchema(200),
  atMs: momentSchema,
})
export type HistoryEntry = z.infer<typeof historyEntrySchema>

/** A document as it stands: `sequence` counts the changes that are applied; those above it can be redone. */
export const openDocumentSchema = documentSummarySchema.extend({
  sequence: z.int().nonnegative(),
  state: jsonSchema,
  history: z.array(historyEntrySchema),
})
export type OpenDocument = z.infer<typeof openDocumentSchema>

export const blobRefSchema = z.strictObject({ hash: hashSchema, sizeBytes: z.int().nonnegative() })
