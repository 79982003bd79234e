import type { Checkpoint } from '../checkpoint.ts'
import type { Family } from '../families/family.ts'
import { sd1 } from '../families/sd1.ts'
import { sd2 } from '../families/sd2.ts'
import { sdxl } from '../families/sdxl.ts'

export const unetPrefix = 'model.diffusion_model.'
export const vaePrefix = 'first_stage_model.'

/**
 * Which family a single file belongs to, by the width of the text that its UNet reads (768, 1024, 2048) and the kind of
 * its attention projections; undefined for anything else.
 */
export const detectFamily = ({ tensors }: Pick<Checkpoint, 'tensors'>): Family | undefined => {
  const shape = (key: string): readonly number[] | undefined => tensors.get(unetPrefix + key)?.shape
  const width = shape('middle_block.1.transformer_blocks.0.attn2.to_k.weight')?.[1]
  const hasLabels = shape('label_emb.0.0.weight') !== undefined
  const isLinear = shape('middle_block.1.proj_in.weight')?.length === 2
  if (width === 768 && !hasLabels && !isLinear) return sd1
  if (width === 1024 && !hasLabels) return sd2
  return width === 2048 && hasLabels ? sdxl : undefined
}
