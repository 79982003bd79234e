import type { Checkpoint } from '../checkpoint.ts'
import { foreignAdapter, parseLoraKey } from '../lora/parse-lora-key.ts'
import { findVectors } from '../open-embedding.ts'
import { weightDtype } from '../safetensors-dtype.ts'
import { detectFamily, unetPrefix, vaePrefix } from '../single-file/detect-family.ts'
import type { BaseFamily, FileDescription } from './file-description.ts'
import { adapters, foreignLoras, foreignModels, upscalers } from './known-architectures.ts'

type Header = Pick<Checkpoint, 'tensors' | 'metadata'>
type Recogniser = (header: Header) => FileDescription | undefined

/** What a safetensors file is, by the names and shapes in its header. */
export const describeHeader = (header: Header): FileDescription => {
  for (const recognise of recognisers) {
    const description = recognise(header)
    if (description !== undefined) return description
  }
  const [first = ''] = header.tensors.keys()
  return { code: 'unknown', family: null, isUsable: false, count: header.tensors.size, detail: first }
}

const hasKey = ({ tensors }: Header, pattern: RegExp): boolean => {
  for (const key of tensors.keys()) if (pattern.test(key)) return true
  return false
}

const sideOf = ({ tensors }: Header, pattern: RegExp, side: number): number | undefined => {
  for (const { name, shape } of tensors.values()) if (pattern.test(name)) return shape[side]
  return undefined
}

/** By the width of the text that a UNet of the family reads. */
const familyOfContext = (width: number | undefined): BaseFamily | null =>
  width === 768 ? 'sd1' : width === 1024 ? 'sd2' : width === 2048 ? 'sdxl' : width === 1280 ? 'sdxl-refiner' : null

const adapter: Recogniser = (header) => {
  for (const key of header.tensors.keys()) {
    const name = foreignAdapter(key)
    if (name === undefined) continue
    // GLoRA's endings are too plain to tell it from a network by one key
    if (name === 'GLoRA' && !key.startsWith('lora_')) continue
    if (name === 'a full difference' || name === 'trained norms') {
      return { code: 'adapter', family: loraFamily(header), isUsable: false, name: 'LyCORIS adapter' }
    }
    return {
      code: 'adapter',
      family: loraFamily(header),
      isUsable: false,
      name: name === 'LoRA with biases' ? name : `${name} adapter`,
    }
  }
  return undefined
}

const lora: Recogniser = (header) => {
  const layers = new Set([...header.tensors.keys()].flatMap((key) => parseLoraKey(key) ?? []).map(({ layer }) => layer))
  if (layers.size === 0) return undefined
  const foreign = foreignLoras.find(({ key }) => [...layers].some((layer) => key.test(layer)))
  if (foreign !== undefined) return { code: 'adapter', family: null, isUsable: false, name: `LoRA for ${foreign.name}` }
  return { code: 'lora', family: loraFamily(header), isUsable: true, count: layers.size }
}

const loraFamily = (header: Header): BaseFamily | null => {
  const context = sideOf(
    header,
    /attn2[._]to_[kv](\.|_lora\.).*(lora_down|lora_A|down|hada_w1_b)(\.[^.]+)?(\.weight)?$/,
    1,
  )
  const byWidth = familyOfContext(context)
  if (byWidth !== null) return byWidth
  if (hasKey(header, /^(lora_te2_|text_encoder_2\.)|transformer_blocks_9_|transformer_blocks\.9\./)) return 'sdxl'
  const version = header.metadata.get('ss_base_model_version') ?? header.metadata.get('modelspec.architecture') ?? ''
  if (/xl/i.test(version)) return 'sdxl'
  return /v?2|diffusion-v2/i.test(version) ? 'sd2' : /v?1|diffusion-v1/i.test(version) ? 'sd1' : null
}

const controlnetKey =
  /(^|\.)(controlnet_cond_embedding\.conv_in|input_hint_block\.0|controlnet_x_embedder|controlnet_blocks\.0)\.weight$/

const controlnet: Recogniser = (header) => {
  if (!hasKey(header, controlnetKey)) return undefined
  const context = sideOf(header, /\.attn2\.to_k\.weight$/, 1)
  const transformer = foreignModels.find(({ key }) => hasKey(header, key))?.family
  return { code: 'controlnet', family: transformer ?? familyOfContext(context), isUsable: false }
}

const checkpoint: Recogniser = (header) => {
  const { tensors } = header
  const input = tensors.get(`${unetPrefix}input_blocks.0.0.weight`)
  if (input === undefined) return undefined
  const context = sideOf(header, /middle_block\.1\.transformer_blocks\.0\.attn2\.to_k\.weight$/, 1)
  const family = detectFamily(header)?.name ?? familyOfContext(context)
  const channels = input.shape[1] ?? 0
  const isKnown = detectFamily(header) !== undefined && (channels === 4 || channels === 9)
  if (!isKnown && family !== 'sdxl-refiner') {
    const name = specialUnets.get(channels) ?? 'special Stable Diffusion'
    return { code: 'foreign-model', family, isUsable: false, name }
  }
  const lacks = [
    ...(hasKey(header, /^first_stage_model\.decoder\./) ? [] : ['VAE']),
    ...(hasKey(header, /^(cond_stage_model|conditioner)\./) ? [] : ['text encoder']),
  ]
  const storedAs = unsupportedType(header)
  return {
    code: lacks.length === 2 ? 'unet' : 'checkpoint',
    family,
    isUsable: isKnown && lacks.length === 0 && storedAs === undefined,
    isInpainting: channels === 9,
    ...(lacks.length === 1 && { lacks }),
    ...(storedAs === undefined ? {} : { storedAs }),
  }
}

/** Networks that see more than noisy latents, by their input channels. */
const specialUnets: ReadonlyMap<number, string> = new Map([
  [5, 'depth-to-image'],
  [7, 'Stable Diffusion upscaling'],
  [8, 'InstructPix2Pix'],
])

const unsupportedType = ({ tensors }: Header): string | undefined => {
  for (const { name, dtype } of tensors.values()) {
    if (name.startsWith(unetPrefix) && weightDtype(dtype) === undefined) return dtype
  }
  return undefined
}

const diffusersUnet: Recogniser = (header) => {
  const context = sideOf(header, /^mid_block\.attentions\.0\.transformer_blocks\.0\.attn2\.to_k\.weight$/, 1)
  if (context === undefined) return undefined
  return { code: 'unet', family: familyOfContext(context), isUsable: false }
}

const foreignModel: Recogniser = (header) => {
  const found = foreignModels.find(({ key }) => hasKey(header, key))
  if (found === undefined) return undefined
  return { code: 'foreign-model', family: found.family, isUsable: false, name: found.name }
}

const vae: Recogniser = (header) => {
  const key = new RegExp(`^(${vaePrefix.replace('.', '\\.')})?decoder\\.(conv_in|conv_out)\\.weight$`)
  const channels = sideOf(header, key, 1)
  const hasBlocks = hasKey(header, /(^|\.)encoder\.(down\.0\.block\.0|down_blocks\.0\.resnets\.0)\.conv1\.weight$/)
  if (channels === undefined || !hasBlocks) return undefined
  const latents = sideOf(header, /(^|\.)decoder\.conv_in\.weight$/, 1)
  return {
    code: 'vae',
    family: latents === 4 ? null : 'other',
    isUsable: latents === 4,
    ...(latents === 4 ? {} : { name: `${latents}` }),
  }
}

const encoders: Recogniser = (header) => {
  if (hasKey(header, /^encoder\.block\.0\.layer\.0\.SelfAttention\.q\.weight$/)) {
    return { code: 'text-encoder', family: null, isUsable: false, name: 'T5' }
  }
  if (hasKey(header, /^(model|language_model)\.(language_model\.)?layers\.0\.self_attn\.q_proj\.weight$/)) {
    return { code: 'text-encoder', family: null, isUsable: false, name: 'language model' }
  }
  if (hasKey(header, /^(vision_model\.encoder\.layers\.0|visual\.transformer\.resblocks\.0)\./)) {
    return { code: 'image-encoder', family: null, isUsable: false }
  }
  if (hasKey(header, /^(text_model\.)?encoder\.layers\.0\.self_attn\.q_proj\.weight$/)) {
    return { code: 'text-encoder', family: null, isUsable: false, name: 'CLIP' }
  }
  return undefined
}

const otherAdapter: Recogniser = (header) => {
  const found = adapters.find(({ key }) => hasKey(header, key))
  if (found === undefined) return undefined
  const context = sideOf(header, /\.to_[kv]_ip\.weight$|\.attn2\.to_k\.weight$/, 1)
  return { code: 'adapter', family: familyOfContext(context), isUsable: false, name: found.name }
}

const upscaler: Recogniser = (header) => {
  const found = upscalers.find(({ key }) => hasKey(header, key))
  return found === undefined ? undefined : { code: 'upscaler', family: null, isUsable: false, name: found.name }
}

const embedding: Recogniser = (header) => {
  const found = findVectors(header)
  if (found === undefined) return undefined
  const [first] = found.entries
  const family = found.entries.length === 2 ? 'sdxl' : familyOfContext(first?.shape.at(-1))
  const count = first?.shape.length === 2 ? (first.shape[0] ?? 1) : 1
  return { code: 'embedding', family: family === 'sdxl-refiner' ? 'sdxl' : family, isUsable: family !== null, count }
}

/** From the most to the least particular. */
const recognisers: readonly Recogniser[] = [
  adapter,
  lora,
  controlnet,
  otherAdapter,
  foreignModel,
  checkpoint,
  diffusersUnet,
  vae,
  encoders,
  upscaler,
  embedding,
]
