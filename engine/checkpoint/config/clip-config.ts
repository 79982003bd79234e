import { z } from 'zod'
import { checkConfig, refuseUnsupported, type SupportedValues } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

export type ClipActivation = 'quick_gelu' | 'gelu'

/** What both towers have, under the names of `config.json`. */
interface ClipTowerConfig {
  readonly hidden_size: number
  readonly intermediate_size: number
  readonly num_hidden_layers: number
  readonly num_attention_heads: number
  readonly hidden_act: ClipActivation
  readonly layer_norm_eps: number
}

/** A CLIP text tower under the names of its `config.json`. */
export interface ClipTextConfig extends ClipTowerConfig {
  readonly vocab_size: number
  /** Tokens with the begin and end marks: 77 in published models. */
  readonly max_position_embeddings: number
  /** Means something only where the file has a `text_projection.weight`. */
  readonly projection_dim: number
  readonly bos_token_id: number
  /** 2 in old files means: pool at argmax(ids) instead of at the first end token. */
  readonly eos_token_id: number
  readonly pad_token_id: number
}

/** A CLIP image tower under the names of its `config.json`. */
export interface ClipVisionConfig extends ClipTowerConfig {
  readonly num_channels: number
  readonly image_size: number
  readonly patch_size: number
}

/** Both towers with projections of one width: a CLIPModel. */
export interface ClipConfig {
  readonly text_config: ClipTextConfig
  readonly vision_config: ClipVisionConfig
  readonly projection_dim: number
}

/**
 * A text encoder's `config.json`.
 *
 * @throws EngineError 'config-invalid' | 'model-unsupported'
 * @source transformers 5.23, models/clip/configuration_clip.py
 */
export const readClipTextConfig = (raw: RawConfig, where = 'text_encoder/config.json'): ClipTextConfig => {
  refuseUnsupported(raw, supportedText, where)
  return checkConfig(textSchema, raw, where)
}

/** A `config.json` of a CLIPModel, such as the scorer's. Errors as `readClipTextConfig`. */
export const readClipConfig = (raw: RawConfig, where = 'scorer/config.json'): ClipConfig => {
  refuseUnsupported(raw, { model_type: ['clip'] }, where)
  const { projection_dim, ...towers } = checkConfig(clipSchema, raw, where)
  // transformers: values of the older *_config_dict win over those of *_config
  const text = { ...towers.text_config, ...towers.text_config_dict, projection_dim }
  const vision = { ...towers.vision_config, ...towers.vision_config_dict }
  return {
    text_config: checkConfig(textSchema, text, `${where} text_config`),
    vision_config: checkConfig(visionSchema, vision, `${where} vision_config`),
    projection_dim,
  }
}

const count = z.int().positive().max(1_000_000)
const activation = z.enum(['quick_gelu', 'gelu'])
const headRule = { path: ['num_attention_heads'], message: 'a divisor of "hidden_size"' }

const textSchema = z
  .object({
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
