import { z } from 'zod'
import { checkConfig, refuseUnsupported, type SupportedValues } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

export type ClipActivation = 'quick_gelu' | 'gelu'

/** A CLIP text tower. */
export interface ClipTextConfig {
  readonly vocabSize: number
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly numHiddenLayers: number
  readonly numAttentionHeads: number
  /** Tokens with the begin and end marks: 77 in published models. */
  readonly maxPositionEmbeddings: number
  readonly hiddenAct: ClipActivation
  readonly layerNormEps: number
  /** Width of the projected pooled state, or null when the tower ends without a projection. */
  readonly projectionDim: number | null
  readonly bosTokenId: number
  /** 2 in old files means: pool at argmax(ids) instead of at the first end token. */
  readonly eosTokenId: number
  readonly padTokenId: number
}

/** A CLIP image tower. */
export interface ClipVisionConfig {
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly numHiddenLayers: number
  readonly numAttentionHeads: number
  readonly numChannels: number
  readonly imageSize: number
  readonly patchSize: number
  readonly hiddenAct: ClipActivation
  readonly layerNormEps: number
}

/** Both towers with projections of one width: a CLIPModel. */
export interface ClipConfig {
  readonly text: ClipTextConfig
  readonly vision: ClipVisionConfig
  readonly projectionDim: number
}

/**
 * A text encoder's `config.json`. It has a projection when `architectures` says so.
 *
 * @throws EngineError 'config-invalid' | 'model-unsupported'
 * @source transformers 5.23, models/clip/configuration_clip.py
 */
export const readClipTextConfig = (raw: RawConfig, where = 'text_encoder/config.json'): ClipTextConfig => {
  refuseUnsupported(raw, supportedText, where)
  const config = checkConfig(textSchema, raw, where)
  const hasProjection = config.architectures.includes('CLIPTextModelWithProjection')
  return toTextConfig(config, hasProjection ? config.projection_dim : null)
}

/** A `config.json` of a CLIPModel, such as the scorer's. Errors as `readClipTextConfig`. */
export const readClipConfig = (raw: RawConfig, where = 'scorer/config.json'): ClipConfig => {
  refuseUnsupported(raw, { model_type: ['clip'] }, where)
  const { projection_dim: projectionDim, ...towers } = checkConfig(clipSchema, raw, where)
  // transformers: values of the older *_config_dict win over those of *_config
  const textRaw = { ...towers.text_config, ...towers.text_config_dict }
  const visionRaw = { ...towers.vision_config, ...towers.vision_config_dict }
  const vision = checkConfig(visionSchema, visionRaw, `${where} vision_config`)
  return {
    text: toTextConfig(checkConfig(textSchema, textRaw, `${where} text_config`), projectionDim),
    vision: {
      hiddenSize: vision.hidden_size,
      intermediateSize: vision.intermediate_size,
      numHiddenLayers: vision.num_hidden_layers,
      numAttentionHeads: vision.num_attention_heads,
      numChannels: vision.num_channels,
      imageSize: vision.image_size,
      patchSize: vision.patch_size,
      hiddenAct: vision.hidden_act,
      layerNormEps: vision.layer_norm_eps,
    },
    projectionDim,
  }
}

const count = z.int().positive().max(1_000_000)
const activation = z.enum(['quick_gelu', 'gelu'])
const headRule = { path: ['num_attention_heads'], message: 'a divisor of "hidden_size"' }

const textSchema = z
  .object({
    architectures: z
      .array(z.string())
      .nullish()
      .transform((names) => names ?? []),
    vocab_size: count.default(49408),
    hidden_size: count.default(512),
    intermediate_size: count.default(2048),
    projection_dim: count.default(512),
    num_hidden_layers: count.max(1000).default(12),
    num_attention_heads: count.default(8),
    max_position_embeddings: count.default(77),
    hidden_act: activation.default('quick_gelu'),
    layer_norm_eps: z.number().positive().default(1e-5),
    bos_token_id: z.int().nonnegative().default(49406),
    eos_token_id: z.int().nonnegative().default(49407),
    pad_token_id: z
      .int()
      .nonnegative()
      .nullish()
      .transform((id) => id ?? 1),
  })
  .refine((config) => config.hidden_size % config.num_attention_heads === 0, headRule)

const visionSchema = z
  .object({
    hidden_size: count.default(768),
    intermediate_size: count.default(3072),
    num_hidden_layers: count.max(1000).default(12),
    num_attention_heads: count.default(12),
    num_channels: count.default(3),
    image_size: count.default(224),
    patch_size: count.default(32),
    hidden_act: activation.default('quick_gelu'),
    layer_norm_eps: z.number().positive().default(1e-5),
  })
  .refine((config) => config.hidden_size % config.num_attention_heads === 0, headRule)
  .refine((config) => config.image_size % config.patch_size === 0, {
    path: ['patch_size'],
    message: 'a divisor of "image_size"',
  })

const tower = z.record(z.string(), z.unknown()).nullish()

const clipSchema = z.object({
  projection_dim: count.default(512),
  text_config: tower,
  text_config_dict: tower,
  vision_config: tower,
  vision_config_dict: tower,
})

const supportedText: SupportedValues = {
  model_type: ['clip_text_model', 'clip'],
  hidden_act: ['quick_gelu', 'gelu'],
}

const toTextConfig = (config: z.output<typeof textSchema>, projectionDim: number | null): ClipTextConfig => ({
  vocabSize: config.vocab_size,
  hiddenSize: config.hidden_size,
  intermediateSize: config.intermediate_size,
  numHiddenLayers: config.num_hidden_layers,
  numAttentionHeads: config.num_attention_heads,
  maxPositionEmbeddings: config.max_position_embeddings,
  hiddenAct: config.hidden_act,
  layerNormEps: config.layer_norm_eps,
  projectionDim,
  bosTokenId: config.bos_token_id,
  eosTokenId: config.eos_token_id,
  padTokenId: config.pad_token_id,
})
