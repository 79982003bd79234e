import { resolve } from 'node:path'
import { z } from 'zod'
import {
  alignRequestSchema,
  classifyRequestSchema,
  type AlignRequest,
  type ClassifyRequest,
} from '../contract/align-records.ts'
import { EngineError } from '../contract/failures.ts'
import type { Prediction } from '../machine/denoiser.ts'
import { machineFlags, machineHelp, machineOptions, type MachineOptions } from './machine-options.ts'
import { predictionOption } from './prediction-option.ts'
import { numberOption, parseOptions } from './parse-options.ts'

/** What `attune align` was asked for. */
export interface AlignOptions extends MachineOptions {
  /** Path of the picture. */
  readonly image: string
  readonly task:
    | { readonly kind: 'align'; readonly request: AlignRequest }
    | { readonly kind: 'classify'; readonly request: ClassifyRequest }
  readonly model: string | undefined
  /** A VAE's file or folder in place of the model's own. Absolute. */
  readonly vaePath: string | undefined
  /** What the model's network predicts, where the user knows better than its files. */
  readonly prediction: Prediction | undefined
  /** Folder for heat maps and masks; nothing is written when absent. */
  readonly out: string | undefined
}

const flags = {
  words: { type: 'string', multiple: true },
  prompts: { type: 'boolean' },
  model: { type: 'string' },
  vae: { type: 'string' },
  prediction: { type: 'string' },
  out: { type: 'string' },
  steps: { type: 'string' },
  'map-steps': { type: 'string' },
  strength: { type: 'string' },
  threshold: { type: 'string' },
  seed: { type: 'string' },
  ...machineFlags,
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

export const alignHelp = `attune align image.png ["prompt"] [options]
attune align image.png --prompts "one prompt" "another" … [options]

Says how well a picture shows each word of a prompt, and where; or which of several prompts fits it best. Without a
prompt and without --words it takes the prompt that stands in the picture's settings.

  --words A,B        words or phrases to judge, separated by commas; the prompt's own when left out. A word that the
                     prompt lacks is judged as if "and A" stood at its end. With words only, each is judged alone.
  --prompts          what follows are prompts: which of them fits?
  --model PATH       a model's folder or .safetensors file; the bundled model when left out
  --vae PATH         a VAE's file or folder in place of the model's own
  --prediction KIND  what the model's network predicts, noise or v, where its files do not say so or are wrong
  --out FOLDER       where the maps go: for each word its heat (NN-word.heat.png, grey), an overlay, its mask, and the
                     numbers on the network's own grid (NN-word.npy: calibrated and plain, float32); alignment.json
  --steps N          noise levels of the scores, 2 … 200 (12)
  --map-steps N      noise levels of the maps, 1 … 50 (5)
  --strength N       how far the map of the worst aligned word is sharpened, 1 (not at all) … 20 (3)
  --threshold N      heat from which on a pixel belongs to a word, 0 … 1 (the model's own, else 0.4)
  --seed N           of the noise (0)
${machineHelp}
  --json             one JSON object a line on standard output
`

/** @throws EngineError 'bad-argument' that names the flag and what it takes */
export const parseAlignOptions = (args: readonly string[]): AlignOptions => {
  const { values, positionals } = parseOptions('align', args, flags)
  const [image, ...texts] = positionals
  if (image === undefined) throw usage('no picture', 'a picture file and a prompt')
  const shared = { steps: numberOption('steps', values.steps), seed: values.seed }
  const task: AlignOptions['task'] =
    values.prompts === true
      ? { kind: 'classify', request: checked(classifyRequestSchema, { ...shared, prompts: texts }) }
      : { kind: 'align', request: alignRequest(texts, values, shared) }
  const vaePath = values.vae === undefined ? undefined : resolve(values.vae)
  const prediction = predictionOption(values.prediction)
  return { image, task, model: values.model, vaePath, prediction, out: values.out, ...machineOptions(values) }
}

type Values = ReturnType<typeof parseOptions<typeof flags>>['values']

const alignRequest = (texts: readonly string[], values: Values, shared: object): AlignRequest => {
  if (texts.length > 1) throw usage(`${texts.length} prompts`, 'one prompt in quotes, or --prompts')
  const words = values.words?.flatMap((list) => list.split(',')).map((word) => word.trim())
  return checked(alignRequestSchema, {
    ...shared,
    prompt: texts[0],
    words: words?.filter((word) => word !== ''),
    mapSteps: numberOption('map-steps', values['map-steps']),
    strength: numberOption('strength', values.strength),
    threshold: numberOption('threshold', values.threshold),
  })
}

const flagOf: Readonly<Record<string, string>> = { mapSteps: '--map-steps', prompt: 'the prompt' }

/** The request with its defaults; whatever is undefined was left out. */
const checked = <Request>(schema: z.ZodType<Request>, settings: object): Request => {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
  const { success, data, error } = schema.safeParse(given)
  if (success) return data
  const name = String(error.issues[0]?.path[0] ?? 'request')
  throw new EngineError(
    'bad-argument',
    {
      where: flagOf[name] ?? `--${name}`,
      found: z.prettifyError(error).split('\n')[0] ?? '',
      remedy: 'See attune align --help.',
    },
    { cause: error },
  )
}

const usage = (found: string, expected: string): EngineError =>
  new EngineError('bad-argument', {
    where: 'attune align',
    found,
    expected,
    remedy: 'attune align picture.png "a cat and a pizza"',
  })
