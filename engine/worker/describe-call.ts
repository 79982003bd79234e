import { describeFile } from '../checkpoint/describe/describe-file.ts'
import { describeInEnglish } from '../checkpoint/describe/describe-in-english.ts'
import type { FileDescription } from '../checkpoint/describe/file-description.ts'
import type { ModelKind } from '../contract/model-records.ts'
import type { ModelDescription } from './protocol/model-calls.ts'

/** Says what a file or folder is, by its header alone. */
export const describeCall = async ({ path }: { readonly path: string }): Promise<ModelDescription> =>
  toModelDescription(await describeFile(path))

/** A description as it leaves the worker. */
export const toModelDescription = (description: FileDescription): ModelDescription => {
  const { code, family, isUsable, prediction = null } = description
  return { kind: kinds[code] ?? 'unknown', family, isUsable, prediction, sentence: describeInEnglish(description) }
}

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
