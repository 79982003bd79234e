import { joinMapped, sliceMapped, spanOf, type MappedText } from './mapped-text.ts'
import type { PromptPass } from './prompt-comments.ts'
import type { PromptNote } from './prompt-note.ts'
import { readNumber, wordLetter } from './python-text.ts'

/** A LoRA that a prompt asks for. */
export interface LoraUse {
  /** As the prompt names it; file name without ending, or the name in its metadata. */
  readonly name: string
  readonly unetStrength: number
  readonly textStrength: number
  /** Span of `<lora:…>` in the prompt as it was typed. */
  readonly start: number
  readonly end: number
}

/** Which part the first of two strengths is for: A1111 and Forge write the text encoder's first, ComfyUI the UNet's. */
export type StrengthOrder = 'unet-text' | 'text-unet'

export interface NetworkPass extends PromptPass {
  readonly loras: readonly LoraUse[]
}

/**
 * Takes `<lora:name:0.8>` out of a prompt, wherever it stands: one strength for both parts, two in the given order, or
 * named ones (`<lora:name:te=0.5:unet=1>`); 1 where none is written. Other networks in angle brackets are left out of the
 * text as well and noted.
 *
 * @source AUTOMATIC1111 stable-diffusion-webui 1.10, `extra_networks.py` and `extra_networks_lora.py`
 */
export function takeNetworks(prompt: MappedText, order: StrengthOrder): NetworkPass {
  const loras: LoraUse[] = []
  const notes: PromptNote[] = []
  const parts: MappedText[] = []
  let kept = 0
  for (const { 0: text, 1: kind, 2: written, index } of prompt.text.matchAll(networks())) {
    const span = spanOf(prompt, index, index + text.length)
    parts.push(sliceMapped(prompt, kept, index))
    kept = index + text.length
    const values = kind === 'lora' || kind === 'lyco' ? readValues((written ?? '').split(':'), order) : undefined
    if (values === undefined) notes.push({ kind: 'unknown-network', text, ...span })
    else if (Number.isNaN(values.unetStrength + values.textStrength))
      notes.push({ kind: 'unreadable-strength', text, ...span })
    else {
      const { isComplete, ...lora } = values
      loras.push({ ...lora, ...span })
      if (!isComplete) notes.push({ kind: 'unread-option', text, ...span })
    }
  }
  return { text: joinMapped([...parts, sliceMapped(prompt, kept)]), loras, notes }
}

const networks = (): RegExp => new RegExp(`<(${wordLetter}+):([^<>]+)>`, 'gu')

function readValues([name = '', ...options]: readonly string[], order: StrengthOrder) {
  const named = new Map(options.filter((option) => option.includes('=')).map(splitOption))
  const plain = options.filter((option) => !option.includes('='))
  const [first = 1, second = first] = plain.map((text) => readNumber(text.trim()) ?? Number.NaN)
  const [unet, text] = order === 'unet-text' ? [first, second] : [second, first]
  const strength = (key: string, otherwise: number): number => {
    const written = named.get(key)
    return written === undefined ? otherwise : (readNumber(written) ?? Number.NaN)
  }
  const textStrength = strength('te', text)
  // A named text strength alone also holds for the UNet, unless a number stands for that.
  const unetStrength = strength('unet', plain.length > 0 ? unet : textStrength)
  const isComplete = plain.length <= 2 && [...named.keys()].every((key) => key === 'te' || key === 'unet')
  return { name: name.trim(), unetStrength, textStrength, isComplete }
}

const splitOption = (option: string): readonly [string, string] => {
  const mark = option.indexOf('=')
  return [option.slice(0, mark).trim(), option.slice(mark + 1).trim()]
}
