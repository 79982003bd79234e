import type { Recipe } from '../../contract/records.ts'
import { parametersKeyword, xmpKeyword } from './picture-text.ts'
import type { PictureText } from './picture-text.ts'

const samplerLabels: Readonly<Record<string, string>> = {
  euler: 'Euler',
  'euler-ancestral': 'Euler a',
  'dpmpp-2m': 'DPM++ 2M',
  'dpmpp-sde': 'DPM++ SDE',
  'dpmpp-2m-sde': 'DPM++ 2M SDE',
  'dpmpp-3m-sde': 'DPM++ 3M SDE',
  heun: 'Heun',
  lms: 'LMS',
  ddim: 'DDIM',
  'uni-pc': 'UniPC',
  lcm: 'LCM',
}

const scheduleLabels: Readonly<Record<string, string>> = {
  automatic: 'Automatic',
  karras: 'Karras',
  exponential: 'Exponential',
  'sgm-uniform': 'SGM Uniform',
  simple: 'Simple',
  normal: 'Normal',
  beta: 'Beta',
}

/**
 * The A1111 `parameters` text that Civitai and every viewer reads. Values with a comma, colon or line break are quoted
 * as JSON; the key order is Forge's `create_infotext`.
 */
export const writeParametersText = (recipe: Recipe): PictureText => {
  const fields: readonly (readonly [string, string | number | undefined])[] = [
    ['Steps', recipe.steps],
    ['Sampler', samplerLabels[recipe.sampler] ?? recipe.sampler],
    ['Schedule type', scheduleLabels[recipe.schedule] ?? recipe.schedule],
    ['CFG scale', recipe.cfgScale],
    ['Seed', recipe.seed],
    ['Size', `${recipe.width}x${recipe.height}`],
    ['Model hash', recipe.model.hash?.slice(0, 10)],
    ['Model', recipe.model.name.replace(/\.safetensors$/i, '')],
    ['Denoising strength', recipe.image?.strength],
    ['Clip skip', recipe.clipSkip],
    ['Variation seed', recipe.variationSeed],
    ['Variation seed strength', recipe.variationStrength],
    ['Eta', recipe.eta],
    ['RNG', 'CPU'],
    ['Lora hashes', loraHashes(recipe)],
    ['Version', `Attune ${recipe.appVersion}`],
  ]
  const last = fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${quote(String(value))}`]))
  const negative = recipe.negative === '' ? [] : [`Negative prompt: ${recipe.negative}`]
  return { keyword: parametersKeyword, text: [promptOf(recipe), ...negative, last.join(', ')].join('\n') }
}

const mediaTypes = 'http://cv.iptc.org/newscodes/digitalsourcetype'

/** The IPTC mark of a picture that a model made (or edited), as an XMP packet. */
export const writeSourceTypeText = (recipe: Recipe): PictureText => {
  const kind = recipe.image === undefined ? 'trainedAlgorithmicMedia' : 'compositeWithTrainedAlgorithmicMedia'
  return {
    keyword: xmpKeyword,
    text: [
      '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
      '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
      '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"',
      ` Iptc4xmpExt:DigitalSourceType="${mediaTypes}/${kind}"/>`,
      '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>',
    ].join('\n'),
  }
}

const promptOf = ({ prompt, loras }: Recipe): string =>
  [prompt, ...loras.map(({ name, strength }) => `<lora:${name.replace(/\.safetensors$/i, '')}:${strength}>`)]
    .filter((part) => part !== '')
    .join(' ')

const loraHashes = ({ loras }: Recipe): string | undefined => {
  const known = loras.flatMap(({ name, hash }) =>
    hash === null ? [] : [`${name.replace(/\.safetensors$/i, '')}: ${hash.slice(0, 10)}`],
  )
  return known.length === 0 ? undefined : known.join(', ')
}

const quote = (value: string): string => (/[,:\n]/.test(value) ? JSON.stringify(value) : value)
