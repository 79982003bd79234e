import { z } from 'zod'
import { checkConfig, refuseUnsupported } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

/** What `tokenizer_config.json` and `special_tokens_map.json` say beside vocabulary and merges. */
export interface TokenizerConfig {
  readonly bosToken: string
  readonly eosToken: string
  readonly unknownToken: string
  readonly padToken: string
  /** Tokens with the begin and end marks, or null where the file does not say. */
  readonly modelMaxLength: number | null
}

/**
 * A CLIP tokenizer's settings, with the defaults of transformers' CLIPTokenizer. `specialTokens` wins over files of the
 * form that Stable Diffusion 2.x has (it says "!" where the other says the end token), and fills what newer ones, those
 * with `added_tokens_decoder`, leave out.
 *
 * @throws EngineError 'config-invalid' | 'model-unsupported' (another tokenizer)
 * @source transformers 5.23, tokenization_utils_base.py, _from_pretrained
 */
export const readTokenizerConfig = (
  raw: RawConfig,
  specialTokens: RawConfig = {},
  where = 'tokenizer/tokenizer_config.json',
): TokenizerConfig => {
  refuseUnsupported(raw, { tokenizer_class: ['CLIPTokenizer', 'CLIPTokenizerFast'] }, where)
  const isNewer = raw['added_tokens_decoder'] !== undefined
  const config = checkConfig(schema, isNewer ? { ...specialTokens, ...raw } : { ...raw, ...specialTokens }, where)
  return {
    bosToken: config.bos_token,
    eosToken: config.eos_token,
    unknownToken: config.unk_token,
    padToken: config.pad_token,
    // transformers writes 1e30 for "no limit"
    modelMaxLength: config.model_max_length > 1e6 ? null : config.model_max_length,
  }
}

const token = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)])

const schema = z.object({
  bos_token: token.default('<|startoftext|>'),
  eos_token: token.default('<|endoftext|>'),
  unk_token: token.default('<|endoftext|>'),
  pad_token: token.default('<|endoftext|>'),
  model_max_length: z.number().positive().default(1e30),
})
