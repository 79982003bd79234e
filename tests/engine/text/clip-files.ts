import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { VocabularyFiles } from '../../../engine/text/read-vocabulary.ts'

const folder = join(import.meta.dirname, '../../../engine/text/clip-vocabulary')

/** CLIP's vocabulary as it ships with the app. */
export const clipFiles = (): VocabularyFiles => ({
  vocabulary: readFileSync(join(folder, 'vocab.json'), 'utf8'),
  merges: readFileSync(join(folder, 'merges.txt'), 'utf8'),
})
