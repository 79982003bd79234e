import { z } from 'zod'
import { requestLimits } from './records.ts'
import { idSchema, insidePathSchema, lineSchema, momentSchema, textSchema } from './scalars.ts'

export const promptTextSchema = textSchema(requestLimits.promptCharacters)
const place = z.int().nonnegative()

/** A word that a model never saw in its captions; places are those of the prompt as it was typed. */
export const unknownWordSchema = z.strictObject({
  word: lineSchema(500),
  from: place,
  to: place,
  /** Words of the model that are spelt nearly like it, nearest first. */
  near: z.array(lineSchema(500)).max(3),
})
export type UnknownWordRecord = z.infer<typeof unknownWordSchema>

/** A prompt as a model's own tokenizer reads it. */
export const promptReadingSchema = z.strictObject({
  /** As A1111 counts them. */
  tokens: z.int().nonnegative(),
  /** What one chunk holds. */
  room: z.int().positive(),
  chunks: z.int().positive(),
  /** Where each chunk after the first begins. */
  chunkStarts: z.array(place),
  unknown: z.array(unknownWordSchema).max(200),
})
export type PromptReading = z.infer<typeof promptReadingSchema>

/** A prompt that pictures were drawn with, and the newest of them. */
export const pastPromptSchema = z.strictObject({
  prompt: promptTextSchema,
  negative: promptTextSchema,
  imageId: idSchema,
  atMs: momentSchema,
})
export type PastPrompt = z.infer<typeof pastPromptSchema>

const styleParts = {
  name: lineSchema(100).refine((name) => name.trim() !== '', 'is blank'),
  /** Put in the place of `{prompt}` where it has one, else added behind. */
  prompt: promptTextSchema,
  negative: promptTextSchema,
}

/** Pieces of prompts that belong together, kept under a name. */
export const styleSchema = z.strictObject({ id: idSchema, ...styleParts })
export type PromptStyle = z.infer<typeof styleSchema>
/** Without an id it is a new one. */
export const styleChangeSchema = z.strictObject({ id: idSchema.optional(), ...styleParts })
export type PromptStyleChange = z.infer<typeof styleChangeSchema>

const listName = /^[\p{L}\p{N}_\-. ]+(?:\/[\p{L}\p{N}_\-. ]+)*$/u

/** A list's name as `__name__` writes it: that of its file below the library's `wildcards`, without `.txt`. */
export const wildcardNameSchema = insidePathSchema
  .refine((name) => listName.test(name) && name.length <= 200, 'must be letters, digits, spaces, - . _ and /')
  .refine((name) => !name.includes('__') && !/^_|_$/.test(name), 'must not hold __, nor begin or end with _')
  .refine(
    (name) => name.split('/').every((part) => /^[^. ].*[^. ]$|^[^. ]$/u.test(part)),
    'must not begin or end with a dot or a space',
  )

/** What the studio shows of a list. */
export const wildcardSchema = z.strictObject({
  name: wildcardNameSchema,
  lines: z.int().nonnegative(),
  /** The first of them. */
  sample: z.array(z.string()).max(3),
})
export type Wildcard = z.infer<typeof wildcardSchema>

export const mostWildcardCharacters = 1_000_000
