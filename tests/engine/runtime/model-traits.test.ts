import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ModelFiles, TextEncoderFiles } from '../../../engine/checkpoint/model-files.ts'
import { openModelFolder } from '../../../engine/checkpoint/model-folder.ts'
import { emptyTokenizer, type TokenizerFiles } from '../../../engine/checkpoint/tokenizer-files.ts'
import { traitsOf } from '../../../engine/runtime/model-traits.ts'

const starter = await openModelFolder(join(import.meta.dirname, '../../../models/starter'))
const [tower] = starter.textEncoders
if (tower === undefined) throw new Error('the bundled model has no text encoder')

/** As published: every text encoder of Stable Diffusion says so, and none was trained with it. */
const publishedIds = { bos_token_id: 0, eos_token_id: 2, pad_token_id: 1 }

const withTokenizer = (tokenizer: TokenizerFiles): ModelFiles => {
  const published: TextEncoderFiles = { ...tower, config: { ...tower.config, ...publishedIds }, tokenizer }
  return { ...starter, textEncoders: [published] }
}

const padIds = (files: ModelFiles): readonly number[] => traitsOf(files).towers.map(({ padId }) => padId)

describe('traitsOf', () => {
  it.each([
    ['<|endoftext|>', 1077],
    ['!', 0],
  ])("pads with the tokenizer's %s, not with the id of the text encoder's configuration", (padToken, id) => {
    const { tokenizer } = tower
    const vocab = tokenizer.vocab.replace(/^\s*\{/, '{"!": 0,')
    const ids = padIds(withTokenizer({ ...tokenizer, vocab, config: { ...tokenizer.config, padToken } }))
    expect(ids).toEqual([id])
  })

  it('pads with the id of the configuration where there is no vocabulary', () => {
    expect(padIds(withTokenizer(emptyTokenizer()))).toEqual([1])
  })

  it('refuses a pad token that the vocabulary does not have', () => {
    const { tokenizer } = tower
    const files = withTokenizer({ ...tokenizer, config: { ...tokenizer.config, padToken: '<pad>' } })
    expect(() => traitsOf(files)).toThrow(expect.objectContaining({ code: 'config-invalid' }))
  })
})
