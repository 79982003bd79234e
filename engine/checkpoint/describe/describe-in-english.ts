import type { BaseFamily, FileDescription } from './file-description.ts'

/**
 * One sentence about a file, such as "This is a ControlNet for SD 1.5; Attune cannot use it yet." For the command line;
 * the window has its own texts.
 */
export const describeInEnglish = (description: FileDescription): string => {
  const { isUsable, storedAs, lacks } = description
  const noun = nounOf(description)
  if (noun === undefined) return ownSentence(description)
  const stored = storedAs === undefined ? '' : ` stored as ${storedAs}`
  if (lacks?.join() === 'VAE' && storedAs === undefined) return `This is ${noun} without a VAE; it needs a VAE file.`
  if (lacks !== undefined)
    return `This is ${noun}${stored} without its ${lacks.join(' and ')}; Attune cannot use it yet.`
  return `This is ${noun}${stored}${isUsable ? '.' : '; Attune cannot use it yet.'}`
}

/** What a file is in a few words, such as "a ControlNet for SD 1.5"; undefined where a sentence of its own says it. */
export const nounOf = (description: FileDescription): string | undefined => {
  const { code, family, name = '', isInpainting = false, count = 0 } = description
  const line = family === null ? '' : familyNames[family]
  const forLine = line === '' ? '' : ` for ${line}`
  switch (code) {
    case 'checkpoint':
      return `${article(line)} checkpoint${isInpainting ? ' for inpainting' : ''}`
    case 'folder':
      return `${article(line === '' ? 'Stable Diffusion' : line)} model in the layout of diffusers`
    case 'unet':
      return `the UNet of ${article(line === '' ? 'diffusion' : line)} model without its VAE and text encoder`
    case 'vae':
      return `a VAE${name === '' ? forLine : ` with ${name} latent channels`}`
    case 'text-encoder':
      return `a text encoder${name === '' ? '' : ` (${name})`}${forLine}`
    case 'image-encoder':
      return 'a CLIP image encoder'
    case 'lora':
      return `a LoRA${forLine} with ${count} ${count === 1 ? 'layer' : 'layers'}`
    case 'embedding':
      return `a textual inversion${forLine} with ${count} ${count === 1 ? 'vector' : 'vectors'}`
    case 'adapter':
      return `${article(name)}${forLine}`
    case 'controlnet':
      return `a ControlNet${forLine}`
    case 'upscaler':
      return `an upscaler${name === '' ? '' : ` (${name})`}`
    case 'foreign-model':
      return `${article(name)} model`
    case 'pickle':
    case 'foreign-format':
    case 'incomplete':
    case 'damaged':
    case 'unknown':
      return undefined
  }
}

const ownSentence = ({ code, name = '', detail = '', count = 0 }: FileDescription): string => {
  if (code === 'pickle') {
    return `This is ${name}, which can run any program when it is opened; Attune never opens it: get the model as .safetensors.`
  }
  if (code === 'foreign-format') return `This is ${name}; Attune cannot use it: get the model as .safetensors.`
  if (code === 'incomplete') return `This model is incomplete: ${detail}.`
  if (code === 'damaged') return `This file is damaged: ${detail}.`
  return `Attune does not know what this is (${count} tensors, the first is "${detail}") and cannot use it.`
}

const familyNames: Readonly<Record<BaseFamily, string>> = {
  sd1: 'SD 1.5',
  sd2: 'SD 2.x',
  sdxl: 'SDXL',
  'sdxl-refiner': 'SDXL refiner',
  sd3: 'SD 3',
  flux: 'Flux',
  other: '',
}

/** "an" before a vowel and before letters that are spoken with one, such as the S of SDXL. */
const article = (noun: string): string =>
  /^([AEIOaeio]|SD|LTX|[FHLMNRSX][A-Z])/.test(noun) ? `an ${noun}` : `a ${noun}`
