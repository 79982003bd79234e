import { basename } from 'node:path'
import { openCheckpoint } from '../checkpoint/checkpoint.ts'
import type { ModelFiles } from '../checkpoint/model-files.ts'
import { findVectors, openEmbedding } from '../checkpoint/open-embedding.ts'
import { adviceToChooseModel, type Findings } from './check-findings.ts'
import { oneLine } from './note-line.ts'

/**
 * What an embedding file holds, and whether it fits a model.
 *
 * @throws EngineError as `openEmbedding`
 */
export const checkEmbedding = async (path: string, base: ModelFiles | undefined): Promise<Findings> => {
  const found = findVectors(await openCheckpoint(path))
  const widths = (found?.entries ?? []).map(({ shape }) => shape.at(-1) ?? 0)
  const word = basename(path).replace(/\.safetensors$/i, '')
  const facts = [
    {
      label: 'word for prompts',
      value: [word, found?.token ?? null]
        .filter((name) => name !== null)
        .map((name) => oneLine(name, 100))
        .join(' or '),
    },
    { label: 'text width', value: widths.join(' and ') },
  ]
  if (base === undefined) return { facts: [...facts, adviceToChooseModel] }
  await openEmbedding(
    path,
    base.textEncoders.map(({ config }) => config.hidden_size),
  )
  return { facts: [...facts, { label: 'fits', value: base.name }] }
}
