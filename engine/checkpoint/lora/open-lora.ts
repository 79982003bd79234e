import { basename } from 'node:path'
import { EngineError } from '../../contract/failures.ts'
import { openCheckpoint, type Checkpoint } from '../checkpoint.ts'
import { describeHeader } from '../describe/describe-header.ts'
import { nounOf } from '../describe/describe-in-english.ts'
import type { FileDescription } from '../describe/file-description.ts'
import type { TensorEntry } from '../safetensors.ts'
import { foreignAdapter, parseLoraKey } from './parse-lora-key.ts'

/** The tensors of one changed layer. */
export interface LoraParts {
  readonly down: TensorEntry
  readonly up: TensorEntry
  /** Tucker decomposition of a convolution: a small kernel between both. */
  readonly mid?: TensorEntry
  readonly alpha?: TensorEntry
}

/** A LoRA file before it is known which model it is used with. */
export interface LoraFile {
  readonly checkpoint: Checkpoint
  readonly name: string
  /** By the layer's name in the file's own dialect. */
  readonly layers: ReadonlyMap<string, LoraParts>
  /** Tensors that are no part of any layer. */
  readonly otherKeys: readonly string[]
}

/**
 * Opens a LoRA file in any dialect and groups its tensors by layer.
 *
 * @throws EngineError 'format-unsupported' naming DoRA, LoHa, LoKr, OFT and other adapters with their first key,
 *         'file-malformed' when a layer has one matrix without the other, and what `openCheckpoint` throws
 */
export const openLora = async (path: string): Promise<LoraFile> => {
  const checkpoint = await openCheckpoint(path)
  const where = basename(path)
  const groups = new Map<string, Partial<Record<keyof LoraParts, TensorEntry>>>()
  const otherKeys: string[] = []
  for (const entry of checkpoint.tensors.values()) {
    const adapter = foreignAdapter(entry.name)
    if (adapter !== undefined) throw foreign(where, adapter, entry.name)
    const key = parseLoraKey(entry.name)
    if (key === undefined) otherKeys.push(entry.name)
    else groups.set(key.layer, { ...groups.get(key.layer), [key.part]: entry })
  }
  const layers = [...groups].map(([layer, parts]): [string, LoraParts] => {
    const { down, up } = parts
    if (down === undefined || up === undefined) throw halfLayer(where, layer, down === undefined ? 'down' : 'up')
    return [layer, { ...parts, down, up }]
  })
  if (layers.length === 0) throw noLora(where, describeHeader(checkpoint))
  return { checkpoint, name: where.replace(/\.safetensors$/i, ''), layers: new Map(layers), otherKeys }
}

const foreign = (where: string, adapter: string, key: string): EngineError =>
  new EngineError('format-unsupported', {
    where,
    found: `${adapter}, for example "${key}"`,
    expected: 'a plain LoRA',
    remedy: 'Attune cannot use this kind of adapter yet, and leaving the key out would change the picture.',
    adapter,
    key,
  })

const halfLayer = (where: string, layer: string, missing: string): EngineError =>
  new EngineError('file-malformed', {
    where,
    found: `"${layer}" without its matrix "${missing}"`,
    expected: 'both matrices of every layer',
    remedy: 'The file is incomplete: download it again.',
  })

const noLora = (where: string, description: FileDescription): EngineError =>
  new EngineError('format-unsupported', {
    where,
    found: nounOf(description) ?? 'no layer of a LoRA',
    expected: 'keys such as lora_unet_….lora_down.weight or unet.….lora_A.weight',
    remedy: 'Choose a LoRA file.',
  })
