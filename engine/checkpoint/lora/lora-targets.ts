import type { Shape } from '../../tensor/nd-array.ts'
import type { WeightTable } from '../../tensor/weight-view.ts'
import type { ModelFiles } from '../model-files.ts'
import { ldmModuleNames } from './ldm-names.ts'

export type LoraComponent = 'unet' | 'text_encoder' | 'text_encoder_2'

/** A layer of a network that a LoRA may change. */
export interface LoraTarget {
  readonly component: LoraComponent
  /** Its key without `.weight`, such as `down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q`. */
  readonly module: string
  /** Of the weight as the network reads it: [out, in] or [out, in, height, width]. */
  readonly shape: Shape
}

/** Every name that LoRA files give to the layers of a network. */
export type LoraNames = ReadonlyMap<string, LoraTarget>

/**
 * Names of all layers with a weight of two or more dimensions, in the dialects of kohya (diffusers and SGM names), LyCORIS,
 * PEFT, ComfyUI and the older ones of diffusers. Names are made from the network's own modules, never parsed: kohya's
 * underscores cannot be undone.
 */
export const loraNames = ({ unet, textEncoders }: Pick<ModelFiles, 'unet' | 'textEncoders'>): LoraNames => {
  const names = new Map<string, LoraTarget>()
  const targets = targetsOf('unet', unet.weights)
  const ldmNames = ldmModuleNames(targets.map(({ module }) => module))
  for (const target of targets) {
    for (const name of unetNames(target.module, ldmNames.get(target.module))) names.set(name, target)
  }
  textEncoders.forEach(({ weights }, index) => {
    for (const target of targetsOf(index === 0 ? 'text_encoder' : 'text_encoder_2', weights)) {
      for (const name of textNames(target.module, index)) names.set(name, target)
    }
  })
  return names
}

const targetsOf = (component: LoraComponent, weights: WeightTable): LoraTarget[] =>
  [...weights.values()].flatMap(({ key, shape, transposed }) => {
    if (!key.endsWith('.weight') || shape.length < 2 || key.includes('embeddings.')) return []
    const module = key.slice(0, -'.weight'.length)
    const isBare = component !== 'unet' && !/^(text_model|text_projection)\b/.test(module)
    return [
      {
        component,
        module: isBare ? `text_model.${module}` : module,
        shape: transposed === true ? shape.toReversed() : shape,
      },
    ]
  })

const underscored = (module: string): string => module.replaceAll('.', '_')

const unetNames = (module: string, ldm: string | undefined): string[] => [
  module,
  `unet.${module}`,
  `base_model.model.${module}`,
  `base_model.model.unet.${module}`,
  `lora_unet_${underscored(module)}`,
  `lycoris_${underscored(module)}`,
  ...(ldm === undefined
    ? []
    : [`lora_unet_${underscored(ldm)}`, `diffusion_model.${ldm}`, `model.diffusion_model.${ldm}`]),
]

const textNames = (module: string, index: number): string[] => {
  const component = index === 0 ? 'text_encoder' : 'text_encoder_2'
  const prefixes = index === 0 ? ['lora_te_', 'lora_te1_'] : ['lora_te2_']
  const comfyTowers = index === 0 ? ['clip_l', 'clip_h'] : ['clip_g']
  const bare = module.replace(/^text_model\./, '')
  return [
    `${component}.${module}`,
    `${component}.${bare}`,
    `base_model.model.${component}.${module}`,
    // PEFT around one text encoder: in a model with two it says nothing of which, and means the first
    ...(index === 0 ? [`base_model.model.${module}`, `base_model.model.${bare}`] : []),
    ...prefixes.map((prefix) => `${prefix}${underscored(module)}`),
    ...comfyTowers.map((tower) => `text_encoders.${tower}.transformer.${module}`),
  ]
}
