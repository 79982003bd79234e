import type { WriteOptions } from '../../files/write-whole.ts'
import { float32ToFloat16 } from '../../tensor/half-floats.ts'
import { ndArray } from '../../tensor/nd-array.ts'
import { writeSafetensors, type WritableTensor } from '../write-safetensors.ts'
import type { LoraComponent } from './lora-targets.ts'
import type { LoraLayer } from './read-lora.ts'

/** A LoRA to be written in kohya's keys, which every program reads. */
export interface LoraContent {
  readonly layers: readonly LoraLayer[]
  /** SDXL calls its first text encoder `lora_te1`, models with one encoder `lora_te`. */
  readonly hasTwoTextEncoders: boolean
  /** Header entries such as `modelspec.title`; `ss_network_dim`, `ss_network_alpha` and `ss_network_module` are added. */
  readonly metadata: Readonly<Record<string, string>>
  readonly precision: 'float16' | 'float32'
}

/**
 * Writes a LoRA file in kohya's keys, whole or not at all. Alpha is always float32.
 *
 * @throws EngineError what `writeWhole` throws
 */
export const writeLora = async (
  path: string,
  { layers, hasTwoTextEncoders, metadata, precision }: LoraContent,
  options: WriteOptions = {},
): Promise<void> => {
  const prefixes = hasTwoTextEncoders ? pairPrefixes : singlePrefixes
  const tensors = new Map<string, WritableTensor>()
  for (const { component, module, alpha, down, up } of layers) {
    const name = `${prefixes[component]}${module.replaceAll('.', '_')}`
    tensors.set(`${name}.alpha`, ndArray([], Float32Array.of(alpha)))
    for (const [part, array] of [
      ['lora_down', down],
      ['lora_up', up],
    ] as const) {
      const half = { shape: array.shape, data: float32ToFloat16(array.data), dtype: 'F16' as const }
      tensors.set(`${name}.${part}.weight`, precision === 'float16' ? half : array)
    }
  }
  await writeSafetensors(path, { tensors, metadata: { ...networkMetadata(layers), ...metadata } }, options)
}

const singlePrefixes: Readonly<Record<LoraComponent, string>> = {
  unet: 'lora_unet_',
  text_encoder: 'lora_te_',
  text_encoder_2: 'lora_te2_',
}
const pairPrefixes: Readonly<Record<LoraComponent, string>> = { ...singlePrefixes, text_encoder: 'lora_te1_' }

/** sd-scripts writes one rank and alpha for the whole file; layers that differ have their own alpha anyway. */
const networkMetadata = (layers: readonly LoraLayer[]): Record<string, string> => {
  const [first] = layers
  return first === undefined
    ? {}
    : {
        ss_network_module: 'networks.lora',
        ss_network_dim: String(first.rank),
        ss_network_alpha: String(first.alpha),
      }
}
