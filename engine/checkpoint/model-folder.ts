import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { EngineError } from '../contract/failures.ts'
import { checkFit } from './check-fit.ts'
import { resolveFile } from './checkpoint.ts'
import { openComponent, type ComponentFiles } from './component-files.ts'
import { emptyAttuneConfig, readAttuneConfig, type AttuneConfig } from './config/attune-config.ts'
import { readAutoencoderConfig } from './config/autoencoder-config.ts'
import { checkConfig } from './config/check-config.ts'
import { readClipConfig, readClipTextConfig } from './config/clip-config.ts'
import { readModelIndex, type ModelIndex } from './config/model-index.ts'
import type { RawConfig } from './config/parse-config-json.ts'
import { readSchedulerConfig, type SchedulerConfig } from './config/scheduler-config.ts'
import { readSegmenterConfig } from './config/segmenter-config.ts'
import { readUnetConfig, type UnetConfig } from './config/unet-config.ts'
import { findSnapshot } from './hub-cache.ts'
import type { ModelFamily, ModelFiles, PredictionOrigin, TextEncoderFiles } from './model-files.ts'
import { readConfigFile } from './read-text-file.ts'
import { emptyTokenizer, readTokenizerFiles } from './tokenizer-files.ts'

/**
 * Opens a model in the layout of diffusers: a folder with `model_index.json` and one folder per component. A repository
 * of the Hugging Face cache (`models--author--name`) is opened at the snapshot that its `refs/main` names.
 *
 * @throws EngineError 'model-incomplete' naming what is missing, 'model-unsupported', 'config-invalid', 'file-unsafe',
 *         'weight-mismatch' when the components do not belong together
 */
export const openModelFolder = async (path: string, options: OpenOptions = {}): Promise<ModelFiles> => {
  const folder = await resolveFile(await findSnapshot(path))
  const entries = new Set(await readdir(folder).catch((cause: unknown) => noFolder(path, cause)))
  if (!entries.has('model_index.json')) throw missing('model_index.json', 'the list of its components')
  const index = readModelIndex(await readConfigFile(join(folder, 'model_index.json')))
  const open: OpenFolder = { folder, entries, ...options }
  checkPipeline(index, open)
  const unet = await openComponent(join(folder, 'unet'), readUnetConfig)
  const textEncoders = await openTextEncoders(open, index)
  const rawScheduler = await readConfigFile(join(folder, ...schedulerFile), schedulerFile.join('/'))
  const scheduler = readSchedulerConfig(rawScheduler)
  const prediction = predictionOf(scheduler, rawScheduler)
  const files: ModelFiles = {
    layout: 'folder',
    path: folder,
    name: basename(path),
    family: familyOf(unet.config, textEncoders),
    unet,
    inpaintingUnet: await optional(open, 'unet_inpaint', readUnetConfig),
    vae: await openComponent(join(folder, 'vae'), readAutoencoderConfig),
    textEncoders,
    scheduler,
    prediction,
    forceZerosForEmptyPrompt: index.forceZerosForEmptyPrompt,
    attune: await readAttune(open),
    knownWords: await readWords(open),
    segmenter: await optional(open, 'segmenter', readSegmenterConfig),
    scorer: await optional(open, 'scorer', readClipConfig),
    assumptions: assumptionsOf(prediction),
  }
  checkFit(files)
  return files
}

export interface OpenOptions {
  /** false: a model that is only ever given token ids may lack its tokenizer; the vocabulary is then empty. */
  readonly needsTokenizer?: boolean
}

interface OpenFolder extends OpenOptions {
  readonly folder: string
  readonly entries: ReadonlySet<string>
}

const schedulerFile = ['scheduler', 'scheduler_config.json'] as const

/** diffusers takes its default where the scheduler does not say what the network predicts. */
const predictionOf = ({ noise }: SchedulerConfig, raw: RawConfig): PredictionOrigin => {
  const isAssumed = raw['prediction_type'] === undefined
  const because = `${schedulerFile.join('/')} ${isAssumed ? 'does not say it' : 'says so'}`
  return { own: noise.predictionType, because, isAssumed, isChosen: false }
}

const assumptionsOf = ({ own, because, isAssumed }: PredictionOrigin): ModelFiles['assumptions'] =>
  isAssumed ? [{ setting: 'prediction_type', value: `${own} (assumed)`, because }] : []

const needed = ['unet', 'vae', 'text_encoder', 'scheduler'] as const

/** Other architectures are named before a part is called missing that they never had. */
const checkPipeline = ({ className, components }: ModelIndex, { entries, needsTokenizer = true }: OpenFolder): void => {
  if (components.has('transformer') || components.has('prior') || !components.has('unet')) throw foreign(className)
  if (!components.has('text_encoder') && components.has('text_encoder_2'))
    throw foreign(`${className} (the SDXL refiner)`)
  const foreignPart = ['text_encoder_3', 'controlnet', 'adapter'].find((part) => components.has(part))
  if (foreignPart !== undefined) throw foreign(`${className} with "${foreignPart}"`)
  const second = components.has('text_encoder_2') ? ['text_encoder_2'] : []
  const tokenizers = ['tokenizer', ...second.map(() => 'tokenizer_2')]
  for (const part of [...needed, ...second, ...(needsTokenizer ? tokenizers : [])]) {
    if (!entries.has(part)) throw missing(part, `the folder "${part}"`)
  }
}

const openTextEncoders = async ({ folder, entries }: OpenFolder, index: ModelIndex): Promise<TextEncoderFiles[]> => {
  const pairs = [
    ['text_encoder', 'tokenizer'],
    ...(index.components.has('text_encoder_2') ? [['text_encoder_2', 'tokenizer_2']] : []),
  ]
  const towers: TextEncoderFiles[] = []
  for (const [encoder = '', vocabulary = ''] of pairs) {
    const component = await openComponent(join(folder, encoder), readClipTextConfig)
    const tokenizer = entries.has(vocabulary) ? await readTokenizerFiles(join(folder, vocabulary)) : emptyTokenizer()
    towers.push({ ...component, tokenizer })
  }
  return towers
}

const optional = async <Config>(
  { folder, entries }: OpenFolder,
  name: string,
  readConfig: (raw: RawConfig, where: string) => Config,
): Promise<ComponentFiles<Config> | null> => (entries.has(name) ? openComponent(join(folder, name), readConfig) : null)

const readAttune = async ({ folder, entries }: OpenFolder): Promise<AttuneConfig> =>
  entries.has('attune.json') ? readAttuneConfig(await readConfigFile(join(folder, 'attune.json'))) : emptyAttuneConfig

const readWords = async ({ folder, entries }: OpenFolder): Promise<ReadonlySet<string> | null> => {
  if (!entries.has('words.json')) return null
  const raw = await readConfigFile(join(folder, 'words.json'))
  return new Set(checkConfig(z.object({ words: z.array(z.string().max(200)).max(1_000_000) }), raw, 'words.json').words)
}

const familyOf = (unet: UnetConfig, textEncoders: readonly TextEncoderFiles[]): ModelFamily => {
  if (unet.addition_embed_type === 'text_time' && textEncoders.length === 2) return 'sdxl'
  if (unet.block_out_channels[0] !== 320) return 'custom'
  return unet.cross_attention_dim === 768 ? 'sd1' : unet.cross_attention_dim === 1024 ? 'sd2' : 'custom'
}

const missing = (component: string, expected: string): EngineError =>
  new EngineError('model-incomplete', {
    where: 'model folder',
    found: `"${component}" is missing`,
    expected,
    remedy: 'Download this part of the model again.',
    component,
  })

const foreign = (className: string): EngineError =>
  new EngineError('model-unsupported', {
    where: 'model_index.json',
    found: className,
    expected: 'Stable Diffusion 1.x, 2.x or XL',
    remedy: 'Attune cannot use this kind of model yet.',
    className,
  })

const noFolder = (path: string, cause: unknown): never => {
  throw new EngineError(
    'file-unreadable',
    {
      where: basename(path),
      found: cause instanceof Error ? cause.message : String(cause),
      expected: 'the folder of a model',
      remedy: 'Check that it exists and that its disk is connected.',
    },
    { cause },
  )
}
