import { readdir } from 'node:fs/promises'
import type { FolderLayout, ModelKind } from '../contract/model-records.ts'

/** Which program laid a folder out, by the names it always uses. */
export const guessLayout = async (path: string): Promise<FolderLayout> => {
  const names = new Set(await readdir(path).catch(() => []))
  if (names.has('model_index.json')) return 'diffusers'
  if ([...names].some((name) => name.startsWith('models--'))) return 'hugging-face'
  if (names.has('Stable-diffusion') || names.has('Lora')) return 'a1111'
  if (names.has('checkpoints') || names.has('loras')) return 'comfyui'
  return 'plain'
}

const kinds: readonly (readonly [RegExp, ModelKind])[] = [
  [/(^|\/)(lora|loras|lycoris|locon)\//i, 'lora'],
  [/(^|\/)(vae)\//i, 'vae'],
  [/(^|\/)(embeddings)\//i, 'embedding'],
  [/(^|\/)(controlnet|control_net)\//i, 'controlnet'],
  [/(^|\/)(esrgan|realesrgan|upscale_models|swinir)\//i, 'upscaler'],
  [/(^|\/)(clip|text_encoders|clip_vision)\//i, 'text-encoder'],
  [/(^|\/)(stable-diffusion|checkpoints|diffusion_models|unet)\//i, 'checkpoint'],
]

/** What a file most likely is by the folder it lies in; 'unknown' when the folder says nothing. */
export const kindByFolder = (path: string): ModelKind => kinds.find(([pattern]) => pattern.test(path))?.[1] ?? 'unknown'
