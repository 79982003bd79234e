import { randomInt } from 'node:crypto'
import { resolve } from 'node:path'
import { z } from 'zod'
import { EngineError } from '../contract/failures.ts'
import { generateRequestSchema, type GenerateRequest } from '../contract/records.ts'
import type { Prediction } from '../machine/denoiser.ts'
import { loraOption } from './lora-option.ts'
import { machineFlags, machineHelp, machineOptions, type MachineOptions } from './machine-options.ts'
import { numberOption, parseOptions, sizeOption } from './parse-options.ts'
import { predictionOption } from './prediction-option.ts'
import { refuseNoStep, startFlagOf, startFlags, startHelp, startOption } from './start-options.ts'

/** What `attune generate` was asked for. */
export interface GenerateOptions extends MachineOptions {
  readonly request: GenerateRequest
  /** Of the first picture; picture i has seed + i. */
  readonly seed: bigint
  /** Absolute or relative path of a folder or of a `.png` file. */
  readonly out: string
  /** Path of a layout file; read when the processes run, since its masks are decoded by one of them. */
  readonly layoutFile: string | undefined
  /** Folders with LoRAs that the prompt may name, before those that the library knows. Absolute. */
  readonly loraFolders: readonly string[]
  /** Folders and files with textual inversions, before those that the library knows. Absolute. */
  readonly embeddingPlaces: readonly string[]
  /** A VAE file in place of the model's own. Absolute. */
  readonly vaePath: string | undefined
  /** What the model's network predicts, where the user knows better than its files. */
  readonly prediction: Prediction | undefined
  readonly share: boolean
  readonly json: boolean
  readonly help: boolean
}

const flags = {
  negative: { type: 'string' },
  model: { type: 'string' },
  seed: { type: 'string' },
  steps: { type: 'string' },
  'cfg-scale': { type: 'string' },
  sampler: { type: 'string' },
  schedule: { type: 'string' },
  size: { type: 'string' },
  count: { type: 'string' },
  eta: { type: 'string' },
  'clip-skip': { type: 'string' },
  guidance: { type: 'string' },
  lora: { type: 'string', multiple: true },
  loras: { type: 'string', multiple: true },
  embeddings: { type: 'string', multiple: true },
  vae: { type: 'string' },
  prediction: { type: 'string' },
  ...startFlags,
  layout: { type: 'string' },
  steering: { type: 'string' },
  reweigh: { type: 'string' },
  ...machineFlags,
  out: { type: 'string' },
  share: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

export const generateHelp = `attune generate "prompt" [options]

Draws pictures from a prompt and writes them as PNG files with their settings inside.

  --negative TEXT    what the picture should keep away from
  --model PATH       a model's folder or .safetensors file; the bundled model when left out
  --seed N           0 … 18446744073709551615; random when left out
  --steps N          1 … 150 (20)
  --cfg-scale N      how strictly the prompt is followed, 1 … 50 (5 for the bundled model, else 7)
  --sampler NAME     ddim, euler, … (ddim for the bundled model, else euler)
  --schedule NAME    automatic, normal, leading, trailing, karras (automatic)
  --size WxH         in pixels; the model's own size when left out
  --count N          how many pictures, with seeds N, N+1, … (1)
  --eta N            noise of DDIM's steps, 0 … 1 (0)
  --clip-skip N      take the text encoder's n-th state from the end
  --guidance KIND    cfg, adaptive, none (cfg)
  --lora PATH[:strength[:text]]
                     a LoRA file, how strong (1), and how strong for the text encoders (the same); may be repeated.
                     A prompt may also name one: <lora:name:0.8>
  --loras FOLDER     where LoRAs lie that the prompt names; may be repeated
  --embeddings PATH  a folder or file with textual inversions, named in prompts by their file names; may be repeated
  --vae PATH         a VAE's file or folder in place of the model's own
  --prediction KIND  what the model's network predicts, noise or v, where its files do not say so or are wrong
${startHelp}
  --layout FILE      regions and their phrases (docs/methods/layout.md)
  --steering KIND    none, paint-with-words, zest, both, csg (both)
  --reweigh N        1 … 1.5: phrases that the picture does not show weigh N times as much, and it is drawn again, at most
                     twice (1: never; 1.2 is a good start; docs/methods/alignment.md)
${machineHelp}
  --out PATH         folder, or a file ending in .png (the current folder)
  --share            leave prompt, model and settings out of the file; keep only the mark that a model made it
  --json             one JSON object a line on standard output
`

/** The bundled model was trained for these; other models get the defaults of the request. */
const starterDefaults = { cfgScale: 5, sampler: 'ddim' }

/** @throws EngineError 'bad-argument' that names the flag and what it takes */
export const parseGenerateOptions = (args: readonly string[]): GenerateOptions => {
  const { values, positionals } = parseOptions('generate', args, flags)
  const isHelp = values.help === true
  if (positionals.length !== 1 && !isHelp) {
    throw new EngineError('bad-argument', {
      where: 'attune generate',
      found: positionals.length === 0 ? 'no prompt' : `${positionals.length} prompts`,
      expected: 'one prompt in quotes',
      remedy: 'attune generate "a cat on a meadow"',
    })
  }
  const seed = seedOption(values.seed)
  const request = checkedRequest({
    ...(values.model === undefined ? starterDefaults : { model: values.model }),
    ...given({
      cfgScale: numberOption('cfg-scale', values['cfg-scale']),
      sampler: values.sampler,
      negative: values.negative,
      steps: numberOption('steps', values.steps),
      schedule: values.schedule,
      count: numberOption('count', values.count),
      eta: numberOption('eta', values.eta),
      clipSkip: numberOption('clip-skip', values['clip-skip']),
      guidance: values.guidance,
      steering: values.steering,
      reweigh: numberOption('reweigh', values.reweigh),
      loras: values.lora?.map(loraOption),
      image: startOption(values),
      ...sizeOption(values.size),
    }),
    prompt: positionals[0] ?? '',
    seed: String(seed),
  })
  refuseNoStep(request)
  const { out = '.', share = false, json = false } = values
  if (out.endsWith('.png') && request.count > 1) {
    throw new EngineError('bad-argument', {
      where: '--out',
      found: `one file for ${request.count} pictures`,
      expected: 'a folder',
    })
  }
  const files = {
    layoutFile: values.layout,
    loraFolders: absolute(values.loras),
    embeddingPlaces: absolute(values.embeddings),
    vaePath: values.vae === undefined ? undefined : resolve(values.vae),
    prediction: predictionOption(values.prediction),
    ...machineOptions(values),
  }
  return { request, seed, out, ...files, share, json, help: isHelp }
}

const absolute = (paths: readonly string[] = []): readonly string[] => paths.map((path) => resolve(path))

/** Without what was left out, so that defaults hold. */
const given = (settings: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))

/** A1111 draws seeds from 32 bits; every tool can repeat those. */
const largestRandomSeed = 2 ** 32

const seedOption = (text: string | undefined): bigint => {
  if (text === undefined) return BigInt(randomInt(largestRandomSeed))
  if (/^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n) return BigInt(text)
  throw new EngineError('bad-argument', {
    where: '--seed',
    found: `"${text}"`,
    expected: 'a whole number from 0 to 18446744073709551615',
  })
}

const flagOf: Readonly<Record<string, string>> = {
  cfgScale: '--cfg-scale',
  clipSkip: '--clip-skip',
  loras: '--lora',
  width: '--size',
  height: '--size',
  prompt: 'the prompt',
}

const checkedRequest = (settings: object): GenerateRequest => {
  const { success, data, error } = generateRequestSchema.safeParse(settings)
  if (success) return data
  const [issue] = error.issues
  const path = issue?.path ?? []
  const name = String(path[0] ?? 'request')
  throw new EngineError(
    'bad-argument',
    {
      where: name === 'image' ? startFlagOf(path) : (flagOf[name] ?? `--${name}`),
      found: z.prettifyError(error).split('\n')[0] ?? '',
      remedy: 'See attune generate --help.',
    },
    { cause: error },
  )
}
