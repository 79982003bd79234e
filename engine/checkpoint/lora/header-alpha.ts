import { z } from 'zod'
import type { LoraComponent } from './lora-targets.ts'

/** What a file's header says about the scale of a layer, if anything. */
export type HeaderAlpha = (component: LoraComponent, module: string, rank: number) => number | undefined

/**
 * Reads `lora_adapter_metadata`, which newer diffusers writes: PEFT's settings per component, with patterns for single
 * modules. With `use_rslora` the scale is alpha / √rank, given here as the alpha that has this effect.
 *
 * @source huggingface/peft, tuners/lora/layer.py and utils/other.py, get_pattern_key
 */
export const headerAlpha = (metadata: ReadonlyMap<string, string>): HeaderAlpha => {
  const settings = readSettings(metadata.get('lora_adapter_metadata'))
  return (component, module, rank) => {
    const patterns = settings[`${component}.alpha_pattern`]
    const pattern = isRecord(patterns)
      ? Object.keys(patterns).find((name) => module === name || module.endsWith(`.${name}`))
      : undefined
    const alpha = pattern !== undefined && isRecord(patterns) ? patterns[pattern] : settings[`${component}.lora_alpha`]
    if (typeof alpha !== 'number') return undefined
    return settings[`${component}.use_rslora`] === true ? alpha * Math.sqrt(rank) : alpha
  }
}

const settingsSchema = z.record(z.string(), z.unknown())

const readSettings = (text: string | undefined): Readonly<Record<string, unknown>> => {
  if (text === undefined) return {}
  try {
    return settingsSchema.parse(JSON.parse(text))
  } catch {
    return {} // a header entry of free text: files without alpha are then at scale 1, as everywhere
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
