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

/**
 * Reads `parameters` in Fooocus's own scheme, which is JSON.
 *
 * @source lllyasviel/Fooocus, modules/meta_parser.py, FooocusMetadataParser
 */
export const readFooocus = (json: unknown): ForeignRecipe | undefined => {
  if (!isObject(json) || !('base_model' in json || 'performance' in json || 'full_prompt' in json)) return undefined
  const from = (key: string): string => `parameters: ${key}`
  const sampler = readLine(json['sampler'], from('sampler'))
  const schedule = readLine(json['scheduler'], from('scheduler'))
  const resolution = readLine(json['resolution'], '')?.value ?? ''
  const [width, height] = /^\(?([0-9]{1,5}), ?([0-9]{1,5})\)?$/.exec(resolution)?.slice(1) ?? []
  const loras = readLoras(json['loras'])
  const notes: readonly (ForeignNote | false)[] = [
    'own-sampling',
    sampler?.value.endsWith('_gpu') === true && 'noise-from-gpu',
    isFilled(json['full_prompt']) && 'prompt-expanded',
    typeof json['refiner_model'] === 'string' && !['', 'None'].includes(json['refiner_model']) && 'refiner',
    loras.length > 0 && 'file-names-only',
  ]
  return {
    source: 'fooocus',
    ...present({
      program: readLine(json['version'], from('version')),
      prompt: readPrompt(json['prompt'], from('prompt')),
      negative: readPrompt(json['negative_prompt'], from('negative_prompt')),
      seed: readSeed(json['seed'], from('seed')),
      steps: readWhole(json['steps'], valueLimits.steps, from('steps')),
      cfgScale: readNumber(json['guidance_scale'], valueLimits.cfgScale, from('guidance_scale')),
      sampler,
      schedule,
      model: readModelName(json['base_model'], from('base_model')),
      modelHash: readLine(json['base_model_hash'], from('base_model_hash')),
      width: readWhole(width, valueLimits.side, from('resolution')),
      height: readWhole(height, valueLimits.side, from('resolution')),
      clipSkip: readWhole(json['clip_skip'], valueLimits.clipSkip, from('clip_skip')),
    }),
    loras,
    other: readOthers(Object.entries(json).filter(([key]) => !known.has(key))),
    notes: [...new Set(notes.filter((note) => note !== false))],
  }
}

const known = new Set([
  ...['prompt', 'negative_prompt', 'seed', 'steps', 'guidance_scale', 'sampler', 'scheduler', 'base_model', 'loras'],
  ...['base_model_hash', 'resolution', 'clip_skip', 'version', 'metadata_scheme'],
])

/** [[name, weight, hash], ...] */
const readLoras = (list: unknown): readonly ForeignLora[] => {
  if (!Array.isArray(list)) return []
  return (list.slice(0, valueLimits.loras) as readonly unknown[]).flatMap((lora) => {
    // each is checked
    if (!Array.isArray(lora)) return []
    const [name, weight, hash] = lora as readonly unknown[] // checked by the readers
    const [readName, strength, readHash] = [
      readModelName(name, ''),
      readNumber(weight, valueLimits.strength, ''),
      readLine(hash, ''),
    ]
    if (readName === undefined || strength === undefined) return []
    return [{ name: readName.value, strength: strength.value, ...present({ hash: readHash?.value }) }]
  })
}

const isFilled = (list: unknown): boolean => Array.isArray(list) && list.length > 0
