import type { ForeignNote, ForeignRecipe } from './foreign-recipe.ts'
import {
  isObject,
  present,
  readLine,
  readNumber,
  readPrompt,
  readSeed,
  readWhole,
  valueLimits,
} from './foreign-values.ts'
import type { JsonObject } from './foreign-values.ts'

/**
 * Reads what NovelAI leaves in its PNGs: `Comment` holds JSON, `Description` the prompt, `Source` the model.
 *
 * @param texts  the picture's texts by keyword
 */
export const readNovelAi = (comment: unknown, texts: ReadonlyMap<string, string>): ForeignRecipe | undefined => {
  if (!isObject(comment) || !('uc' in comment || 'scale' in comment)) return undefined
  const from = (key: string): string => `Comment: ${key}`
  const sampler = readLine(comment['sampler'], from('sampler'))
  const schedule = readLine(comment['noise_schedule'], from('noise_schedule'))
  const notes: readonly ForeignNote[] =
    comment['strength'] === undefined
      ? ['noise-from-gpu', 'own-sampling']
      : ['noise-from-gpu', 'own-sampling', 'needs-source-picture']
  const description = readPrompt(texts.get('Description'), 'Description')
  return {
    source: 'novelai',
    ...present({
      program: readLine(texts.get('Software'), 'Software'),
      prompt: readPrompt(captionOf(comment, 'v4_prompt') ?? comment['prompt'], from('prompt')) ?? description,
      negative: readPrompt(captionOf(comment, 'v4_negative_prompt') ?? comment['uc'], from('uc')),
      seed: readSeed(comment['seed'], from('seed')),
      steps: readWhole(comment['steps'], valueLimits.steps, from('steps')),
      cfgScale: readNumber(comment['scale'], valueLimits.cfgScale, from('scale')),
      sampler,
      schedule,
      model: readLine(texts.get('Source'), 'Source'),
      width: readWhole(comment['width'], valueLimits.side, from('width')),
      height: readWhole(comment['height'], valueLimits.side, from('height')),
      denoise: readNumber(comment['strength'], valueLimits.share, from('strength')),
    }),
    loras: [],
    other: {},
    notes,
  }
}

/** Version 4 keeps the prompt in parts: one for the picture, one for each character. */
const captionOf = (comment: JsonObject, key: string): string | undefined => {
  const prompt = comment[key]
  const caption = isObject(prompt) ? prompt['caption'] : undefined
  if (!isObject(caption) || typeof caption['base_caption'] !== 'string') return undefined
  const characters: readonly unknown[] = Array.isArray(caption['char_captions']) ? caption['char_captions'] : []
  const parts = characters.slice(0, 20).map((part) => (isObject(part) ? part['char_caption'] : ''))
  return [caption['base_caption'], ...parts.filter((part) => typeof part === 'string' && part !== '')].join(', ')
}
