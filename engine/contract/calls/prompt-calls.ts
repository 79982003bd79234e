import { z } from 'zod'
import { change, read } from '../call.ts'
import {
  mostWildcardCharacters,
  pastPromptSchema,
  promptReadingSchema,
  promptTextSchema,
  styleChangeSchema,
  styleSchema,
  wildcardNameSchema,
  wildcardSchema,
} from '../prompt-records.ts'
import { idSchema, lineSchema, textSchema } from '../scalars.ts'

const name = z.strictObject({ name: wildcardNameSchema })
const listText = textSchema(mostWildcardCharacters)

/** Prompts: how a model reads them, those of before, their pieces and lists. */
export const promptCalls = {
  /** By the tokenizer of the model that the document names; never waits for a picture. */
  'prompts.read': read(
    z.strictObject({ model: lineSchema(4096).min(1).optional(), prompt: promptTextSchema, negative: promptTextSchema }),
    z.strictObject({ prompt: promptReadingSchema, negative: promptReadingSchema }),
  ),
  /** Each prompt once, newest first. */
  'prompts.history': read(
    z.strictObject({ text: lineSchema(500).default(''), limit: z.int().min(1).max(200).default(50) }),
    z.array(pastPromptSchema),
  ),
  'styles.list': read(z.strictObject({}), z.array(styleSchema)),
  /** @throws 'conflict' for a name that another style has, 'not-found' for an id that is gone */
  'styles.save': change(styleChangeSchema, styleSchema),
  'styles.remove': change(z.strictObject({ id: idSchema }), z.strictObject({})),
  'wildcards.list': read(z.strictObject({}), z.array(wildcardSchema)),
  'wildcards.get': read(name, z.strictObject({ text: listText })),
  'wildcards.save': change(name.extend({ text: listText }), wildcardSchema),
  'wildcards.remove': change(name, z.strictObject({})),
}
