import { describeFile } from '../../checkpoint/describe/describe-file.ts'
import { describeInEnglish } from '../../checkpoint/describe/describe-in-english.ts'
import type { FileDescription } from '../../checkpoint/describe/file-description.ts'
import type { ModelKind } from '../../contract/model-records.ts'
import type { DescribeModel } from './scan-models.ts'

const kinds: Readonly<Partial<Record<FileDescription['code'], ModelKind>>> = {
  checkpoint: 'checkpoint',
  folder: 'diffusers',
  unet: 'checkpoint',
  vae: 'vae',
  'text-encoder': 'text-encoder',
  lora: 'lora',
  adapter: 'lora',
  embedding: 'embedding',
  controlnet: 'controlnet',
  upscaler: 'upscaler',
}

/** What a model file is, by its header alone. */
export const describeModel: DescribeModel = async (path) => {
  const description = await describeFile(path)
  const { code, family, isUsable, prediction } = description
  return { kind: kinds[code] ?? 'unknown', family, isUsable, prediction, sentence: describeInEnglish(description) }
}
