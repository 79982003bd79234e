import type { PastPrompt } from '../contract/prompt-records.ts'
import type { LibraryDatabase } from './open-database.ts'

/** Older pictures are not looked at: reading a recipe takes a while. */
const mostPictures = 3000

/**
 * Prompts that pictures of the library were drawn with, each once with its newest picture, newest first.
 *
 * @param text  what they hold, whatever its case; blank: all
 */
export const pastPrompts = (
  database: LibraryDatabase,
  { text, limit }: { readonly text: string; readonly limit: number },
): PastPrompt[] => {
  const rows = database.prepare<[number], PastPrompt>(
    `SELECT json_extract(recipe, '$.prompt') AS prompt, json_extract(recipe, '$.negative') AS negative,
            id AS imageId, created_ms AS atMs
     FROM image WHERE recipe IS NOT NULL AND trashed_ms IS NULL ORDER BY id DESC LIMIT ?`,
  )
  const wanted = text.trim().toLowerCase()
  const found = new Map<string, PastPrompt>()
  for (const row of rows.iterate(mostPictures)) {
    if (found.size >= limit) break
    if (row.prompt.trim() === '' || found.has(row.prompt) || !row.prompt.toLowerCase().includes(wanted)) continue
    found.set(row.prompt, row)
  }
  return [...found.values()]
}
