import { z } from 'zod'
import { checkConfig, refuseUnsupported } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

/** The bundled model's segmenter: a class per pixel. A measuring tool, never a reward or guidance. */
export interface SegmenterConfig {
  readonly inChannels: number
  readonly blockOutChannels: readonly number[]
  readonly normNumGroups: number
  /** Names by class number; 0 is the background. */
  readonly classes: readonly string[]
  /** Side of the pictures it reads, in pixels. */
  readonly sampleSize: number
  /** Pixels per logit along a side. */
  readonly outputStride: number
}

/** A segmenter's `config.json`. @throws EngineError 'config-invalid' | 'model-unsupported' */
export const readSegmenterConfig = (raw: RawConfig, where = 'segmenter/config.json'): SegmenterConfig => {
  refuseUnsupported(raw, { _class_name: ['Segmenter'] }, where)
  const config = checkConfig(schema, raw, where)
  return {
    inChannels: config.in_channels,
    blockOutChannels: config.block_out_channels,
    normNumGroups: config.norm_num_groups,
    classes: config.classes,
    sampleSize: config.sample_size,
    outputStride: config.output_stride,
  }
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
