import { z } from 'zod'
import { editSchema, jsonSchema } from './document-records.ts'
import { hashSchema, lineSchema, momentSchema } from './scalars.ts'

/** An exported document, before gzip. */
export const documentFileSchema = z.strictObject({
  format: z.literal('attune-document'),
  version: z.literal(1),
  name: lineSchema(200),
  /** The document before its first change. */
  start: jsonSchema,
  changes: z
    .array(z.strictObject({ label: lineSchema(200), edits: z.array(editSchema).min(1).max(1000), atMs: momentSchema }))
    .max(1_000_000),
  /** How many of the changes are applied; the others can be redone. */
  sequence: z.int().nonnegative(),
  blobs: z.record(hashSchema, z.base64()),
})
export type DocumentFile = z.infer<typeof documentFileSchema>
