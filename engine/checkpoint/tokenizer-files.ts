import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { EngineError } from '../contract/failures.ts'
import { checkConfig } from './config/check-config.ts'
import { readTokenizerConfig, type TokenizerConfig } from './config/tokenizer-config.ts'
import { readConfigFile, readTextFile } from './read-text-file.ts'

/** A byte-pair vocabulary as text, and the tokenizer's settings. */
export interface TokenizerFiles {
  /** JSON: token to id. */
  readonly vocab: string
  /** One merge per line, `first second`, after a line with the version. */
  readonly merges: string
  readonly config: TokenizerConfig
}

/**
 * Reads a CLIP tokenizer's folder: `vocab.json` and `merges.txt`, or both out of `tokenizer.json` where only that exists
 * (transformers 5 writes it so). Settings that are not there have their defaults.
 *
 * @throws EngineError 'model-incomplete' | 'config-invalid' | 'file-unreadable'
 */
export const readTokenizerFiles = async (folder: string, name = basename(folder)): Promise<TokenizerFiles> => {
  const files = await readdir(folder)
  const optional = async (file: string) =>
    files.includes(file) ? readConfigFile(join(folder, file), `${name}/${file}`) : {}
  const settings = await optional('tokenizer_config.json')
  const config = readTokenizerConfig(
    settings,
    await optional('special_tokens_map.json'),
    `${name}/tokenizer_config.json`,
  )
  if (files.includes('vocab.json') && files.includes('merges.txt')) {
    const vocab = await readTextFile(join(folder, 'vocab.json'), `${name}/vocab.json`)
    return { vocab, merges: await readTextFile(join(folder, 'merges.txt'), `${name}/merges.txt`), config }
  }
  if (!files.includes('tokenizer.json')) throw incomplete(name)
  const where = `${name}/tokenizer.json`
  const { model } = checkConfig(combinedSchema, await readConfigFile(join(folder, 'tokenizer.json'), where), where)
  return { vocab: JSON.stringify(model.vocab), merges: ['#version: 0.2', ...model.merges].join('\n'), config }
}

/** A tokenizer without words, for models that are only ever given token ids. */
export const emptyTokenizer = (): TokenizerFiles => ({ vocab: '{}', merges: '', config: readTokenizerConfig({}) })

const combinedSchema = z.object({
  model: z.object({
    type: z.literal('BPE').optional(),
    vocab: z.record(z.string(), z.int().nonnegative()),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()]).transform((pair) => pair.join(' '))])),
  }),
})

const incomplete = (name: string): EngineError =>
  new EngineError('model-incomplete', {
    where: name,
    found: 'no vocabulary',
    expected: `${name}/vocab.json and ${name}/merges.txt`,
    remedy: 'Download this part of the model again.',
    component: name,
  })
