import type { ForeignSettings, ImageDetails } from '../../engine/contract/image-records.ts'
import { deviceNames } from '../../engine/contract/device-records.ts'
import type { Recipe } from '../../engine/contract/records.ts'
import type { Language, MessageKey, MessageValues } from './messages.ts'
import { samplerNames } from './sampler-names.ts'
import { showDuration, showSeed } from './show-numbers.ts'

interface Speech {
  readonly say: (key: MessageKey, values?: MessageValues) => string
  readonly language: Language
}

type Row = readonly [name: string, value: string]

/** How a picture was made, as a list of names and values in the user's language; its own recipe before a foreign one. */
export function settingRows(details: Pick<ImageDetails, 'recipe' | 'foreign'> | null, speech: Speech): readonly Row[] {
  if (details?.recipe != null) return recipeRows(details.recipe, speech)
  return details?.foreign == null ? [] : foreignRows(details.foreign, speech)
}

function recipeRows(recipe: Recipe, { say, language }: Speech): readonly Row[] {
  const sampler = samplerNames.find(({ id }) => id === recipe.sampler)?.label ?? recipe.sampler
  return [
    [say('recipe.model'), recipe.model.name],
    ...(recipe.vae === undefined ? [] : [[say('recipe.vae'), recipe.vae.name] as const]),
    ...predictionRow(recipe, say),
    [say('recipe.sampler'), say('recipe.samplerSteps', { sampler, steps: recipe.steps })],
    [say('recipe.guidance'), String(recipe.cfgScale)],
    [say('recipe.seed'), showSeed(recipe.seed)],
    [say('recipe.size'), `${recipe.width} × ${recipe.height}`],
    ...weightRow(recipe, say),
    [say('recipe.device'), deviceName(recipe.device, say)],
    [say('recipe.time'), showDuration(recipe.durationMs, language)],
  ]
}

/** What somebody chose that the network predicts. */
const predictionRow = ({ prediction }: Recipe, say: Speech['say']): readonly Row[] =>
  prediction === undefined ? [] : [[say('recipe.prediction'), say(`prediction.${prediction}`)]]

/** `webgpu: NVIDIA ...` with the name of the kind in the user's language. */
function deviceName(device: string, say: Speech['say']): string {
  const [kind = '', adapter] = device.split(': ')
  const name = deviceNames.find((known) => known === kind)
  if (name === undefined) return device
  return adapter === undefined ? say(`device.${name}`) : `${say(`device.${name}`)}, ${adapter}`
}

/** What phrases weigh that the first picture did not show. */
const weightRow = ({ phraseWeights = [] }: Recipe, say: Speech['say']): readonly Row[] =>
  phraseWeights.length === 0
    ? []
    : [[say('recipe.weights'), phraseWeights.map(({ phrase, weight }) => `${phrase} ${weight}`).join(', ')]]

function foreignRows({ model, sampler, steps, cfgScale, seed }: ForeignSettings, { say }: Speech): readonly Row[] {
  const all: readonly (readonly [string, string | number | undefined])[] = [
    [say('recipe.model'), model],
    [say('recipe.sampler'), sampler],
    [say('recipe.steps'), steps],
    [say('recipe.guidance'), cfgScale],
    [say('recipe.seed'), seed],
  ]
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]))
}
