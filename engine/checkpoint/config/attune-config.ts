import { z } from 'zod'
import type { Prediction } from '../../machine/denoiser.ts'
import { checkConfig } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

/** Latents to a small preview: rgb = bias + weights · latents, one row per colour, 0 … 1. */
export interface PreviewMap {
  /** [3][latent channels] */
  readonly weights: readonly (readonly number[])[]
  readonly bias: readonly number[]
}

/** What `npm run evaluate -- align` has found about a model; see docs/methods/alignment.md. */
export interface AlignmentConfig {
  /** Score from which a word counts as present. */
  readonly presentScore?: number
  /** Whose attention says where a word is. */
  readonly layers?: 'middle' | 'up'
  /** Heat from which on a pixel belongs to a word, 0 … 1. */
  readonly threshold?: number
}

/** `attune.json`: what Attune has measured about a model, or what its makers say. Everything is optional. */
export interface AttuneConfig {
  /** How a single word becomes a caption: `{}` is the word, `{article}` its article. */
  readonly captionTemplate: string | null
  /** Adaptive Guidance stops when the cosine of both predictions reaches this; null until it is measured. */
  readonly guidanceThreshold: number | null
  readonly previewMap: PreviewMap | null
  /** What the network was taken to predict when the threshold was measured; null: what its files say. */
  readonly measuredPrediction: Prediction | null
  /** Empty where nothing was measured. */
  readonly alignment: AlignmentConfig
}

/** What holds for a model without `attune.json`. */
export const emptyAttuneConfig: AttuneConfig = {
  captionTemplate: null,
  guidanceThreshold: null,
  previewMap: null,
  measuredPrediction: null,
  alignment: {},
}

/** An `attune.json`; keys of later versions are ignored. @throws EngineError 'config-invalid' */
export const readAttuneConfig = (raw: RawConfig, where = 'attune.json'): AttuneConfig => {
  const { captionTemplate, guidanceThreshold, previewMap, measuredPrediction, alignment } = checkConfig(
    schema,
    raw,
    where,
  )
  const { presentScore, layers, threshold } = alignment
  return {
    captionTemplate,
    guidanceThreshold,
    previewMap,
    measuredPrediction,
    alignment: {
      ...(presentScore !== undefined && { presentScore }),
      ...(layers !== undefined && { layers }),
      ...(threshold !== undefined && { threshold }),
    },
  }
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
  measuredPrediction: z.enum(['epsilon', 'v_prediction']).nullable().default(null),
  alignment: z
    .object({
      presentScore: z.number().positive().optional(),
      layers: z.enum(['middle', 'up']).optional(),
      threshold: z.number().min(0).max(1).optional(),
    })
    .default({}),
})
