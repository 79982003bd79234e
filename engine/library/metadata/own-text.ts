import { ownTextSchema } from '../../contract/picture-record.ts'
import type { OwnText, PictureOrigin } from '../../contract/picture-record.ts'
import type { Recipe } from '../../contract/records.ts'
import { findText, ownKeyword, parseJsonText } from './picture-text.ts'
import type { PictureText } from './picture-text.ts'

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
