/** One tensor of a LoRA file: which layer it names and which part of that layer's change it is. */
export interface LoraKey {
  /** The layer's name as the file's dialect writes it, without the ending. */
  readonly layer: string
  readonly part: 'down' | 'up' | 'mid' | 'alpha'
}

/** A kind of adapter that is not a plain LoRA, recognised by the end of a key. */
export type ForeignAdapter =
  'DoRA' | 'LoHa' | 'LoKr' | 'OFT' | 'GLoRA' | 'IA3' | 'a full difference' | 'trained norms' | 'LoRA with biases'

/**
 * Reads the end of a key in any dialect; undefined when it is none of a plain LoRA.
 *
 * kohya `x.lora_down.weight`, PEFT `x.lora_A.weight` and `x.lora_A.default.weight`, diffusers of 2023 `x.lora.down.weight`
 * and `x.lora_linear_layer.down.weight`, early diffusers `attn1.processor.to_q_lora.down.weight`, in text encoders
 * `self_attn.to_q_lora.down.weight`.
 */
export const parseLoraKey = (key: string): LoraKey | undefined => {
  const processor = /^(.+?)(\.processor)?\.(to_q|to_k|to_v|to_out)_lora\.(down|up)\.weight$/.exec(key)
  if (processor !== null) {
    const [, attention = '', isUnet, part = '', side = ''] = processor
    const name = (isUnet === undefined ? textProjections : unetProjections)[part] ?? part
    return { layer: `${attention}.${name}`, part: side === 'down' ? 'down' : 'up' }
  }
  for (const [ending, part] of endings) {
    const layer = ending.exec(key)?.[1]
    if (layer !== undefined) return { layer, part }
  }
  return undefined
}

const endings = [
  [/^(.+)\.lora_down\.weight$/, 'down'],
  [/^(.+)\.lora_up\.weight$/, 'up'],
  [/^(.+)\.lora_mid\.weight$/, 'mid'],
  [/^(.+)\.lora_A(?:\.[^.]+)?\.weight$/, 'down'],
  [/^(.+)\.lora_B(?:\.[^.]+)?\.weight$/, 'up'],
  [/^(.+)\.lora(?:_linear_layer)?\.down\.weight$/, 'down'],
  [/^(.+)\.lora(?:_linear_layer)?\.up\.weight$/, 'up'],
  [/^(.+)\.alpha$/, 'alpha'],
] as const

const unetProjections: Readonly<Record<string, string>> = { to_out: 'to_out.0' }
const textProjections: Readonly<Record<string, string>> = {
  to_q: 'q_proj',
  to_k: 'k_proj',
  to_v: 'v_proj',
  to_out: 'out_proj',
}

/** Which other kind of adapter a key belongs to, if any. */
export const foreignAdapter = (key: string): ForeignAdapter | undefined =>
  foreignEndings.find(([ending]) => ending.test(key))?.[1]

const foreignEndings = [
  [/\.(dora_scale|lora_magnitude_vector(\.[^.]+)*)$/, 'DoRA'],
  [/\.hada_(w1|w2|t1|t2)(_a|_b)?$/, 'LoHa'],
  [/\.lokr_(w1|w2|t1|t2)(_a|_b)?$/, 'LoKr'],
  [/\.(oft_blocks|oft_diag|oft_R|oft_r)(\.[^.]+)*$/, 'OFT'],
  [/\.(a1|a2|b1|b2)\.weight$/, 'GLoRA'],
  [/\.(on_input|ia3_l(\.[^.]+)*)$/, 'IA3'],
  [/\.(w_norm|b_norm)$/, 'trained norms'],
  [/\.(diff|diff_b)$/, 'a full difference'],
  [/\.(lora_(up|down|A|B)(\.[^.]+)?\.bias|bias_(values|indices|size))$/, 'LoRA with biases'],
] as const
