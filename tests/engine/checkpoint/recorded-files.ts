import { join } from 'node:path'
import { openModelFolder } from '../../../engine/checkpoint/model-folder.ts'
import type { ModelFiles } from '../../../engine/checkpoint/model-files.ts'
import { openSingleFile, type SingleFileOptions } from '../../../engine/checkpoint/single-file/open-single-file.ts'

const reference = join(import.meta.dirname, '../../reference')

/** The recorded files are small: their heads and groups are not those of real ones. */
const smallVae = { vae: { norm_num_groups: 8 } }
export const smallOverrides = {
  'sd15-inpaint': { unet: { norm_num_groups: 8 }, ...smallVae, textEncoders: [{ num_attention_heads: 4 }] },
  sd21: {
    unet: { norm_num_groups: 8, attention_head_dim: [1, 2, 3, 3] },
    ...smallVae,
    textEncoders: [{ num_attention_heads: 3 }],
  },
  sdxl: {
    unet: { norm_num_groups: 8, attention_head_dim: [1, 2, 2] },
    ...smallVae,
    textEncoders: [{ num_attention_heads: 4 }, { num_attention_heads: 4 }],
  },
} as const satisfies Record<string, SingleFileOptions['overrides']>

export type RecordedFile = keyof typeof smallOverrides

/** Path of a recorded checkpoint in one file. */
export const singleFile = (name: RecordedFile): string =>
  join(reference, 'cases', `single-file-${name}`, 'model.safetensors')

/** A recorded checkpoint in one file, opened with its own heads and groups. */
export const openRecorded = async (name: RecordedFile, options: SingleFileOptions = {}): Promise<ModelFiles> =>
  openSingleFile(singleFile(name), { overrides: smallOverrides[name], ...options })

/** The recorded pipeline in the layout of diffusers, the base of most recorded LoRA files. */
export const openPipeline = async (): Promise<ModelFiles> =>
  openModelFolder(join(reference, 'cases/pipeline'), { needsTokenizer: false })

/** Path of a recorded LoRA, such as `lora-conv/tucker`. */
export const loraFile = (name: string): string => join(reference, 'cases', `${name}.safetensors`)
