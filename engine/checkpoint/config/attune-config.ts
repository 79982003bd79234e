import { z } from 'zod'
import { checkConfig } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

/** Latents to a small preview: rgb = bias + weights · latents, one row per colour, 0 … 1. */
export interface PreviewMap {
  /** [3][latent channels] */
  readonly weights: readonly (readonly number[])[]
  readonly bias: readonly number[]
}

/** `attune.json`: what Attune has measured about a model, or what its makers say. Everything is optional. */
export interface AttuneConfig {
  /** How a single word becomes a caption: `{}` is the word, `{article}` its article. */
  readonly captionTemplate: string | null
  /** Adaptive Guidance stops when the cosine of both predictions reaches this; null until it is measured. */
  readonly guidanceThreshold: number | null
  readonly previewMap: PreviewMap | null
}

/** What holds for a model without `attune.json`. */
export const emptyAttuneConfig: AttuneConfig = { captionTemplate: null, guidanceThreshold: null, previewMap: null }

/** An `attune.json`; keys of later versions are ignored. @throws EngineError 'config-invalid' */
export const readAttuneConfig = (raw: RawConfig, where = 'attune.json'): AttuneConfig => {
  const { captionTemplate, guidanceThreshold, previewMap } = checkConfig(schema, raw, where)
  return { captionTemplate, guidanceThreshold, previewMap }
}

const schema = z.object({
  version: z.int().min(1),
  captionTemplate: z.string().includes('{}').max(1000).nullable().default(null),
  guidanceThreshold: z.number().min(0).max(1).nullable().default(null),
  previewMap: z
    .object({
      weights: z.array(z.array(z.number()).min(1).max(64)).length(3),
      bias: z.array(z.number()).length(3),
    })
    .nullable()
    .default(null),
})
