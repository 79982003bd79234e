import { cleanText } from './clean-text.ts'
import type { ForeignLora, ForeignNote, ForeignRecipe } from './foreign-recipe.ts'
import {
  isObject,
  present,
  readLine,
  readModelName,
  readNumber,
  readOthers,
  readPrompt,
  readSeed,
  readWhole,
  valueLimits,
} from './foreign-values.ts'
import type { JsonObject } from './foreign-values.ts'

/**
 * Reads `invokeai_metadata` of InvokeAI 3 and later.
 *
 * @source invoke-ai/InvokeAI, invokeai/app/invocations/metadata.py, CoreMetadataInvocation
 */
export const readInvokeAi = (json: unknown): ForeignRecipe | undefined => {
  if (!isObject(json)) return undefined
  const model = isObject(json['model']) ? json['model'] : {}
  const recipe = readFields(json, {
    label: 'invokeai_metadata',
    prompt: json['positive_prompt'],
    negative: json['negative_prompt'],
    scheduler: json['scheduler'],
    model: model['name'] ?? model['model_name'],
    modelHash: model['hash'],
  })
  const loras = (Array.isArray(json['loras']) ? (json['loras'] as readonly unknown[]) : []).flatMap(loraOf) // checked there
  const notes: readonly (ForeignNote | false)[] = [
    json['rand_device'] === 'cuda' && 'noise-from-gpu',
    json['hrf_enabled'] === true && 'several-passes',
    ['controlnets', 'ipAdapters', 't2iAdapters'].some((name) => isFilled(json[name])) && 'control-network',
    isObject(json['refiner_model']) && 'refiner',
    loras.length > 0 && 'file-names-only',
  ]
  return finish(recipe, notes, loras.slice(0, valueLimits.loras))
}

/**
 * Reads `sd-metadata` of InvokeAI 1.15 to 2.3, where the negative prompt stands in square brackets inside the prompt and
 * the noise always came from the GPU.
 *
 * @source invoke-ai/InvokeAI, invokeai/frontend/install/import_images.py, parse_meta_tag_sd_metadata
 */
export const readSdMetadata = (json: unknown): ForeignRecipe | undefined => {
  const image = isObject(json) ? json['image'] : undefined
  if (!isObject(json) || !isObject(image)) return undefined
  const { positive, negative } = splitBrackets(promptText(image['prompt']))
  const recipe = readFields(image, {
    label: 'sd-metadata',
    prompt: positive,
    negative,
    scheduler: image['sampler'],
    model: json['model_weights'],
    modelHash: json['model_hash'],
  })
  return finish(recipe, ['noise-from-gpu', image['init_image_path'] != null && 'needs-source-picture'])
}

/**
 * Reads the command line that InvokeAI before 1.15 left as `Dream`: the prompt in quotes, then `-s50 -S123 -W512 ...`.
 */
export const readDream = (text: string): ForeignRecipe | undefined => {
  const line = cleanText(text, 50_000).replaceAll('\n', ' ')
  const options = new Map(
    [...line.matchAll(/(?:^|\s)-([A-Za-z])\s?([\w.]{1,40})(?=\s|$)/g)].map(([, key = '', value]) => [key, value]),
  )
  if (!options.has('S') && !options.has('s')) return undefined
  const quoted = /^\s*"((?:[^"\\]|\\.)*)"/.exec(line)?.[1]
  const { positive, negative } = splitBrackets(
    (quoted ?? line.replace(/\s-[A-Za-z]\s?[\w.]{1,40}(?=\s|$).*$/, '')).trim(),
  )
  const numbers = {
    seed: options.get('S'),
    steps: options.get('s'),
    cfg_scale: options.get('C'),
    width: options.get('W'),
    height: options.get('H'),
  }
  const recipe = readFields(numbers, { label: 'Dream', prompt: positive, negative, scheduler: options.get('A') })
  return finish(recipe, ['noise-from-gpu', options.has('I') && 'needs-source-picture'])
}

interface Named {
  readonly label: string
  readonly prompt: unknown
  readonly negative: unknown
  readonly scheduler: unknown
  readonly model?: unknown
  readonly modelHash?: unknown
}

const readFields = (json: JsonObject, { label, ...named }: Named) => {
  const from = (key: string): string => `${label}: ${key}`
  const sampler = readLine(named.scheduler, from('scheduler'))
  return {
    program: readLine(json['app_version'], from('app_version')),
    prompt: readPrompt(named.prompt, from('prompt')),
    negative: readPrompt(named.negative, from('negative prompt')),
    seed: readSeed(json['seed'], from('seed')),
    steps: readWhole(json['steps'], valueLimits.steps, from('steps')),
    cfgScale: readNumber(json['cfg_scale'], valueLimits.cfgScale, from('cfg_scale')),
    sampler,
    model: readModelName(named.model, from('model')),
    modelHash: readLine(named.modelHash, from('model hash')),
    width: readWhole(json['width'], valueLimits.side, from('width')),
    height: readWhole(json['height'], valueLimits.side, from('height')),
    clipSkip: readWhole(json['clip_skip'], valueLimits.clipSkip, from('clip_skip')),
    denoise: readNumber(json['strength'], valueLimits.share, from('strength')),
    other: readOthers(Object.entries(json).filter(([key]) => others.has(key))),
  }
}

const others = new Set(['generation_mode', 'cfg_rescale_multiplier', 'seamless_x', 'seamless_y', 'rand_device'])

const finish = (
  { other, ...fields }: ReturnType<typeof readFields>,
  notes: readonly (ForeignNote | false)[],
  loras: readonly ForeignLora[] = [],
): ForeignRecipe | undefined => {
  if (fields.prompt === undefined && fields.seed === undefined) return undefined
  const all: readonly (ForeignNote | false)[] = [...notes, fields.denoise !== undefined && 'needs-source-picture']
  return {
    source: 'invokeai',
    ...present(fields),
    loras,
    other,
    notes: [...new Set(all.filter((note) => note !== false))],
  }
}

const loraOf = (lora: unknown): readonly ForeignLora[] => {
  if (!isObject(lora)) return []
  const model = isObject(lora['model']) ? lora['model'] : isObject(lora['lora']) ? lora['lora'] : {}
  const name = readModelName(model['name'] ?? model['model_name'], '')
  const strength = readNumber(lora['weight'], valueLimits.strength, '')
  return name === undefined || strength === undefined ? [] : [{ name: name.value, strength: strength.value }]
}

/** Early versions kept a list of weighted prompts. */
const promptText = (prompt: unknown): string => {
  const first: unknown = Array.isArray(prompt) ? prompt[0] : prompt
  const text = isObject(first) ? first['prompt'] : first
  return typeof text === 'string' ? text.slice(0, valueLimits.promptCharacters) : ''
}

const splitBrackets = (prompt: string): { positive: string; negative: string } => {
  const negatives = [...prompt.matchAll(/\[([^[\]]+)\]/g)].map(([, inside = '']) =>
    inside.trim().replace(/^,+|,+$/g, ''),
  )
  return { positive: prompt.replace(/\[[^[\]]+\]/g, '').trim(), negative: negatives.join(', ') }
}

const isFilled = (list: unknown): boolean => Array.isArray(list) && list.length > 0
