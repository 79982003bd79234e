import type { Recipe, UsedFile } from '../../contract/records.ts'

/**
 * The text that A1111, Forge, Civitai and every other reader of `parameters` understands: prompt, negative prompt, one
 * line of settings in the order of Forge's create_infotext. LoRAs stand in the prompt as `<lora:name:strength>`.
 *
 * @source lllyasviel stable-diffusion-webui-forge, modules/processing.py, create_infotext
 */
export const writeA1111 = (recipe: Recipe): string => {
  const prompt = oneBreak(recipe.prompt) + loraTags(recipe)
  const negative = recipe.negative === '' ? '' : `\nNegative prompt: ${oneBreak(recipe.negative)}`
  const settings = settingsOf(recipe).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [`${key}: ${quote(String(value))}`],
  )
  return `${prompt}${negative}\n${settings.join(', ')}`.trim()
}

const settingsOf = (recipe: Recipe): readonly (readonly [string, string | number | null | undefined])[] => {
  const { variationStrength = 0, clipSkip = 1, eta = 0, vae, loras, embeddings = [] } = recipe
  const hasVariation = variationStrength > 0
  return [
    ['Steps', recipe.steps],
    ['Sampler', nameOf(samplerLabels, recipe.sampler)],
    ['Schedule type', nameOf(scheduleLabels, recipe.schedule)],
    ['CFG scale', recipe.cfgScale],
    ['Seed', recipe.seed],
    ['Size', `${recipe.width}x${recipe.height}`],
    ['Model hash', shortHash(recipe.model.hash)],
    ['Model', stem(recipe.model.name)],
    ['VAE hash', shortHash(vae?.hash ?? null)],
    ['VAE', vae?.name],
    ['Variation seed', hasVariation ? recipe.variationSeed : undefined],
    ['Variation seed strength', hasVariation ? variationStrength : undefined],
    ['Denoising strength', recipe.image?.strength],
    ['Clip skip', clipSkip > 1 ? clipSkip : undefined],
    ['RNG', 'CPU'],
    ['Eta', eta > 0 ? eta : undefined],
    // A1111's own UniPC is another one unless it is told so.
    ['UniPC variant', recipe.sampler === 'unipc' ? 'bh2' : undefined],
    ['UniPC order', recipe.sampler === 'unipc' ? 2 : undefined],
    ['Lora hashes', hashesOf(loras)],
    ['TI hashes', hashesOf(embeddings)],
    ['Version', `Attune ${recipe.appVersion}`],
  ]
}

const samplerLabels: Readonly<Record<string, string>> = {
  ddim: 'DDIM',
  ddpm: 'DDPM',
  euler: 'Euler',
  'euler-a': 'Euler a',
  heun: 'Heun',
  'dpmpp-2m': 'DPM++ 2M',
  'dpmpp-2m-sde': 'DPM++ 2M SDE',
  unipc: 'UniPC',
  lcm: 'LCM',
}

const scheduleLabels: Readonly<Record<string, string>> = {
  automatic: 'Automatic',
  linspace: 'Normal',
  karras: 'Karras',
  leading: 'DDIM',
  trailing: 'SGM Uniform',
}

const nameOf = (labels: Readonly<Record<string, string>>, id: string): string =>
  (Object.hasOwn(labels, id) ? labels[id] : undefined) ?? id

/** A value that holds a comma, a colon or a line break stands in JSON quotes. */
const quote = (value: string): string => (/[,:\n]/.test(value) ? JSON.stringify(value) : value)

const oneBreak = (text: string): string => text.replace(/\r\n?/g, '\n')

const shortHash = (hash: string | null): string | undefined => hash?.slice(0, 10)

const stem = (name: string): string => name.replace(/\.(safetensors|ckpt)$/i, '')

const loraTags = ({ prompt, loras }: Recipe): string =>
  loras
    .map(({ name, strength }) => ({ name: stem(name), strength }))
    .filter(({ name }) => !prompt.includes(`<lora:${name}:`))
    .map(({ name, strength }) => ` <lora:${name}:${strength}>`)
    .join('')

const hashesOf = (files: readonly UsedFile[]): string | undefined => {
  const hashes = files.flatMap(({ name, hash }) => (hash === null ? [] : [`${stem(name)}: ${hash.slice(0, 10)}`]))
  return hashes.length === 0 ? undefined : hashes.join(', ')
}
