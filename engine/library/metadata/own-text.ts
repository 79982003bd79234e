import { z } from 'zod'
import { recipeSchema } from '../../contract/records.ts'
import type { Recipe } from '../../contract/records.ts'
import { idSchema, lineSchema, momentSchema } from '../../contract/scalars.ts'
import { findText, ownKeyword, parseJsonText } from './picture-text.ts'
import type { PictureText } from './picture-text.ts'

/** Which job of which library made a picture, so that a picture whose row was lost finds its place again. */
const originSchema = z.strictObject({
  library: lineSchema(64),
  jobId: idSchema,
  picture: z.int().nonnegative(),
  createdMs: momentSchema,
})
export type PictureOrigin = z.infer<typeof originSchema>

/** What stands in our own chunk. */
const ownTextSchema = z.strictObject({
  version: z.literal(1),
  recipe: recipeSchema,
  origin: originSchema.optional(),
})
export type OwnText = z.infer<typeof ownTextSchema>

/** The chunk that says everything: recipe and origin, as JSON. */
export const writeOwnText = (recipe: Recipe, origin: PictureOrigin | undefined): PictureText => ({
  keyword: ownKeyword,
  text: JSON.stringify({ version: 1, recipe, ...(origin === undefined ? {} : { origin }) } satisfies OwnText),
})

/** Reads our own chunk; undefined when there is none, or when it is not exactly what we write. */
export const readOwnText = (texts: readonly PictureText[]): OwnText | undefined => {
  const parsed = ownTextSchema.safeParse(parseJsonText(findText(texts, ownKeyword)))
  return parsed.success ? parsed.data : undefined
}
