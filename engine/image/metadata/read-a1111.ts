import { cleanText } from './clean-text.ts'
import type { ForeignLora, ForeignNote, ForeignRecipe } from './foreign-recipe.ts'
import {
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
import { readLoraTags } from './read-lora-tags.ts'
import { splitSettings } from './split-settings.ts'

/** Beyond this a text is no A1111 text. */
const maxCharacters = 200_000
const maxLastLine = 65_536
const fewestSettings = 3

/**
 * Reads the text that A1111, Forge, SD.Next, Krita AI, Civitai and many others put into pictures: the prompt's lines,
 * `Negative prompt:` and its lines, and a last line of settings.
 *
 * @returns undefined when the last line does not hold at least three settings (A1111's own rule) and no negative prompt
 *          says what the text is
 * @source  AUTOMATIC1111 stable-diffusion-webui, modules/infotext_utils.py, parse_generation_parameters
 */
export const readA1111 = (text: string): ForeignRecipe | undefined => {
  const clean = cleanText(text, maxCharacters).trim()
  const lines = clean.split('\n')
  const settings = splitSettings((lines.at(-1) ?? '').slice(0, maxLastLine))
  const hasSettings = settings.size >= fewestSettings
  if (hasSettings) lines.pop()
  const { prompt, negative, hasNegative } = splitPrompt(lines)
  if (!hasSettings && !hasNegative) return undefined
  return fromSettings(prompt, negative, hasSettings ? settings : new Map())
}

const negativeLabel = 'Negative prompt:'

const splitPrompt = (lines: readonly string[]): { prompt: string; negative: string; hasNegative: boolean } => {
  const trimmed = lines.map((line) => line.trim())
  const start = trimmed.findIndex((line) => line.startsWith(negativeLabel))
  if (start < 0) return { prompt: trimmed.join('\n'), negative: '', hasNegative: false }
  // A1111 takes the label off every line that begins with it.
  const rest = trimmed.slice(start).map((line) => (line.startsWith(negativeLabel) ? line.slice(16).trim() : line))
  return { prompt: trimmed.slice(0, start).join('\n'), negative: rest.join('\n').trim(), hasNegative: true }
}

const fromSettings = (prompt: string, negative: string, settings: ReadonlyMap<string, string>): ForeignRecipe => {
  const get = (key: string): string | undefined => settings.get(key)
  const from = (key: string): string => `parameters: ${key}`
  const sampler = readLine(get('Sampler'), from('Sampler'))
  const schedule = readLine(get('Schedule type') ?? get('Scheduler'), from('Schedule type'))
  const [width, height] = readSize(get('Size'))
  const { limits, loras } = { limits: valueLimits, loras: readLoras(prompt, settings) }
  return {
    source: 'a1111',
    ...present({
      program: readLine(get('Version'), from('Version')),
      prompt: readPrompt(prompt, 'parameters: first lines'),
      negative: readPrompt(negative, from('Negative prompt')),
      seed: readSeed(get('Seed'), from('Seed')),
      steps: readWhole(get('Steps'), limits.steps, from('Steps')),
      cfgScale: readNumber(get('CFG scale'), limits.cfgScale, from('CFG scale')),
      sampler,
      schedule,
      model: readModelName(get('Model'), from('Model')),
      modelHash: readLine(get('Model hash'), from('Model hash')),
      ...vaeOf(get, from),
      width: readWhole(width, limits.side, from('Size')),
      height: readWhole(height, limits.side, from('Size')),
      clipSkip: readWhole(get('Clip skip'), limits.clipSkip, from('Clip skip')),
      denoise: readNumber(get('Denoising strength'), limits.share, from('Denoising strength')),
      variationSeed: readSeed(get('Variation seed'), from('Variation seed')),
      variationStrength: readNumber(get('Variation seed strength'), limits.share, from('Variation seed strength')),
      eta: readNumber(get('Eta DDIM') ?? get('Eta'), limits.share, from('Eta')),
    }),
    loras,
    other: readOthers([...settings].filter(([key]) => !known.has(key))),
    notes: [...new Set([...notesOf(settings), ...(loras.length > 0 ? nameOnly : [])])],
  }
}

const nameOnly: readonly ForeignNote[] = ['file-names-only']

const known = new Set([
  ...['Steps', 'Sampler', 'Schedule type', 'CFG scale', 'Seed', 'Size', 'Model hash', 'Model', 'Denoising strength'],
  ...['Clip skip', 'Variation seed', 'Variation seed strength', 'Version', 'VAE', 'VAE hash'],
])

/** A1111's words for the VAE that the model brings. */
const ownVae = new Set(['none', 'automatic'])

const vaeOf = (
  get: (key: string) => string | undefined,
  from: (key: string) => string,
): Pick<ForeignRecipe, 'vae' | 'vaeHash'> => {
  const name = get('VAE')
  if (name !== undefined && ownVae.has(name.toLowerCase())) return {}
  return present({
    vae: readModelName(name, from('VAE')),
    vaeHash: readLine(get('VAE hash'), from('VAE hash')),
  })
}

const readSize = (size: string | undefined): readonly (string | undefined)[] =>
  /^([0-9]{1,5})\s*[x×]\s*([0-9]{1,5})$/.exec(size ?? '')?.slice(1) ?? []

const readLoras = (prompt: string, settings: ReadonlyMap<string, string>): readonly ForeignLora[] => {
  const hashes = splitSettings(settings.get('Lora hashes') ?? '')
  return readLoraTags(prompt).map((lora) => {
    const hash = readLine(hashes.get(lora.name), 'Lora hashes')
    return hash === undefined ? lora : { ...lora, hash: hash.value }
  })
}

/** Attune and Krita AI draw noise on the CPU; A1111 and Forge use the GPU unless they say otherwise. */
const notesOf = (settings: ReadonlyMap<string, string>): readonly ForeignNote[] => {
  const has = (...starts: readonly string[]): boolean =>
    [...settings.keys()].some((key) => starts.some((start) => key.startsWith(start)))
  const generator = settings.get('RNG')?.toUpperCase()
  const isA1111 = /^(v?[0-9]|f[0-9])/.test(settings.get('Version') ?? '')
  const hasSecondPass = has('Hires upscale', 'Hires steps', 'Hires resize')
  const notes: readonly (ForeignNote | false)[] = [
    generator === undefined && settings.has('Seed') && (isA1111 ? 'noise-from-gpu' : 'noise-from-gpu-likely'),
    generator === 'GPU' && 'noise-from-gpu',
    generator === 'NV' && 'noise-from-philox',
    hasSecondPass && 'several-passes',
    (has('Mask', 'Inpaint') || (settings.has('Denoising strength') && !hasSecondPass)) && 'needs-source-picture',
    has('ControlNet', 'IP-Adapter') && 'control-network',
    has('Refiner') && 'refiner',
    has('FreeU', 'Dynamic thresholding', 'ADetailer', 'Adaptive CFG', 'Sharpness', 'Tiled Diffusion') && 'own-sampling',
    has('Styles', 'Raw prompt') && 'prompt-expanded',
  ]
  return notes.filter((note) => note !== false)
}
