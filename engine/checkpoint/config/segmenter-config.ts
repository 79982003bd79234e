import { z } from 'zod'
import { checkConfig, refuseUnsupported } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

/** The bundled model's segmenter, a class per pixel: a measuring tool, never a reward or guidance. Names of its `config.json`. */
export interface SegmenterConfig {
  readonly in_channels: number
  readonly block_out_channels: readonly number[]
  readonly norm_num_groups: number
  /** Names by class number; 0 is the background. */
  readonly classes: readonly string[]
  /** Side of the pictures it reads, in pixels. */
  readonly sample_size: number
  /** Pixels per logit along a side. */
  readonly output_stride: number
}

/** A segmenter's `config.json`. @throws EngineError 'config-invalid' | 'model-unsupported' */
export const readSegmenterConfig = (raw: RawConfig, where = 'segmenter/config.json'): SegmenterConfig => {
  refuseUnsupported(raw, { _class_name: ['Segmenter'] }, where)
  return checkConfig(schema, raw, where)
}

const count = z.int().positive().max(100_000)

const schema = z.object({
  in_channels: count.default(3),
  block_out_channels: z.array(count).min(1).max(8),
  norm_num_groups: count,
  classes: z.array(z.string()).min(2).max(10_000),
  sample_size: count,
  output_stride: count,
})
