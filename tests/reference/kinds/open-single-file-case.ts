import { join } from 'node:path'
import { z } from 'zod'
import type { ModelFiles } from '../../../engine/checkpoint/model-files.ts'
import { openSingleFile } from '../../../engine/checkpoint/single-file/open-single-file.ts'
import { readSettings } from './read-settings.ts'

const groups = z.object({ norm_num_groups: z.number() })
const heads = z.object({ num_attention_heads: z.number() })
const settingsSchema = z.object({
  config: z.object({
    unet: groups.extend({ attention_head_dim: z.union([z.number(), z.array(z.number())]) }),
    vae: groups,
    text_encoder: heads,
    text_encoder_2: heads.optional(),
  }),
})

/** A recorded checkpoint in one file, with the heads and groups of its own that its shapes do not tell. */
export const openSingleFileCase = async (folder: string): Promise<ModelFiles> => {
  const { config } = await readSettings(folder, settingsSchema)
  const { norm_num_groups, attention_head_dim } = config.unet
  const towers = [config.text_encoder, config.text_encoder_2].filter((tower) => tower !== undefined)
  return openSingleFile(join(folder, 'model.safetensors'), {
    overrides: {
      unet: { norm_num_groups, attention_head_dim },
      vae: { norm_num_groups: config.vae.norm_num_groups },
      textEncoders: towers.map(({ num_attention_heads }) => ({ num_attention_heads })),
    },
  })
}
