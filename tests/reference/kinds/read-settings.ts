import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'

/** What `expected.json` of a case says, in the form that its kind needs. */
export const readSettings = async <Settings>(folder: string, schema: z.ZodType<Settings>): Promise<Settings> =>
  schema.parse(JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')))
