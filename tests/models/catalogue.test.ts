import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { catalogueSchema } from '../../engine/contract/model-records.ts'

it('the shipped catalogue has the form that users write their own in', async () => {
  const text = await readFile(join(import.meta.dirname, '../../models/catalogue.json'), 'utf8')
  const { models } = catalogueSchema.parse(JSON.parse(text))
  for (const { files } of models) for (const { url } of files) expect(url).toMatch(/^https:/)
})
