import { basename } from 'node:path'
import { EngineError } from '../../contract/failures.ts'
import type { Prediction } from '../../machine/denoiser.ts'
import type { WeightTable, WeightView } from '../../tensor/weight-view.ts'
import { checkChannels, checkFit } from '../check-fit.ts'
import { openCheckpoint, type Checkpoint } from '../checkpoint.ts'
import type { ComponentFiles } from '../component-files.ts'
import { emptyAttuneConfig } from '../config/attune-config.ts'
import { readAutoencoderConfig, type AutoencoderConfig } from '../config/autoencoder-config.ts'
import { readClipTextConfig } from '../config/clip-config.ts'
import type { RawConfig } from '../config/parse-config-json.ts'
import { readUnetConfig } from '../config/unet-config.ts'
import { describeHeader } from '../describe/describe-header.ts'
import { nounOf } from '../describe/describe-in-english.ts'
import type { FileDescription } from '../describe/file-description.ts'
import type { Family, TowerOfFamily } from '../families/family.ts'
import type { ModelFiles, TextEncoderFiles } from '../model-files.ts'
import { emptyTokenizer, readTokenizerFiles, type TokenizerFiles } from '../tokenizer-files.ts'
import { viewOf } from '../weight-table.ts'
import { assumptionsOf } from './assumptions.ts'
import { detectFamily, unetPrefix, vaePrefix } from './detect-family.ts'
import { findPrediction, type KnownPrediction } from './prediction-type.ts'
import { textConfigOf, textWeights } from './text-keys.ts'
import { unetConfigOf, unetKeyMap, type KeyMap } from './unet-keys.ts'
import { asMatrix, vaeConfigOf, vaeKeyMap } from './vae-keys.ts'

/** What a single file cannot say and a caller may know better. */
export interface SingleFileOptions {
  /** Folder of CLIP's own vocabulary, which no single file carries; without it the vocabulary is empty. */
  readonly clipTokenizerFolder?: string | undefined
  readonly predictionType?: Prediction | undefined
  /** Opens another VAE in place of the file's own, or where it has none; told the configuration that it replaces. */
  readonly openVae?: ((own: AutoencoderConfig) => Promise<ComponentFiles<AutoencoderConfig>>) | undefined
  /** Settings under their names in `config.json` that win over the family's; the widths are then not compared. */
  readonly overrides?: {
    readonly unet?: RawConfig
    readonly vae?: RawConfig
    readonly textEncoders?: readonly RawConfig[]
  }
}

/**
 * Opens a checkpoint in one file (SD 1.x, SD 1.x inpainting, SD 2.x, SDXL): the family is recognised from the header,
 * every key is mapped to that of diffusers, and what the file does not say is taken from the family and reported.
 *
 * @throws EngineError 'model-unsupported' (not such a file), 'model-incomplete' (no VAE, no text encoder), and what
 *         `openCheckpoint` throws
 */
export const openSingleFile = async (path: string, options: SingleFileOptions = {}): Promise<ModelFiles> => {
  const checkpoint = await openCheckpoint(path)
  const description = describeHeader(checkpoint)
  const family = description.code === 'foreign-model' ? undefined : detectFamily(checkpoint)
  if (family === undefined) throw foreign(basename(path), description)
  const known = await findPrediction(checkpoint, family)
  const prediction = options.predictionType ?? known.prediction
  const source: Source = { checkpoint, family, options }
  const files: ModelFiles = {
    layout: 'single-file',
    path: checkpoint.file,
    name: basename(path).replace(/\.safetensors$/i, ''),
    family: family.name,
    unet: unetOf(source, prediction),
    inpaintingUnet: null,
    vae: await vaeOf(source),
    textEncoders: await Promise.all(family.textEncoders.map((tower, i) => textEncoderOf(source, tower, i))),
    scheduler: schedulerOf(family, { ...known, prediction }),
    prediction: {
      own: known.prediction,
      because: known.because,
      isAssumed: known.isAssumed,
      isChosen: options.predictionType !== undefined,
    },
    forceZerosForEmptyPrompt: family.forceZerosForEmptyPrompt,
    attune: emptyAttuneConfig,
    knownWords: null,
    segmenter: null,
    scorer: null,
    assumptions: assumptionsOf(family, options.predictionType === undefined ? known : undefined),
  }
  if (options.overrides === undefined) checkFit(files)
  else checkChannels(files)
  return files
}

interface Source {
  readonly checkpoint: Checkpoint
  readonly family: Family
  readonly options: SingleFileOptions
}

const unetOf = ({ checkpoint, family, options }: Source, prediction: Prediction): ModelFiles['unet'] => {
  const stored = storedUnder(checkpoint, unetPrefix)
  const shapes = shapesOf(stored)
  // SD 2.x for v was trained at 768 px, its base at 512
  const size = family.name === 'sd2' && prediction === 'v_prediction' ? { sample_size: 96 } : {}
  const raw = { ...unetConfigOf(shapes, family), ...size, ...options.overrides?.unet }
  return component('unet', checkpoint, readUnetConfig(raw, 'unet'), renamed(stored, unetKeyMap(shapes)))
}

const vaeOf = async ({ checkpoint, family, options }: Source): Promise<ModelFiles['vae']> => {
  const stored = storedUnder(checkpoint, vaePrefix)
  const { openVae, overrides } = options
  if (stored.size === 0) {
    if (openVae === undefined) throw lacking(checkpoint, 'vae', 'Choose a VAE file for it.')
    return openVae(readAutoencoderConfig({ ...publishedVae, ...family.vae, ...overrides?.vae }, 'vae'))
  }
  const weights = vaeWeights(stored)
  const raw = { ...vaeConfigOf(weights), ...family.vae, ...overrides?.vae }
  const config = readAutoencoderConfig(raw, 'vae')
  return openVae === undefined ? component('vae', checkpoint, config, weights) : openVae(config)
}

/** The VAE of every family: 4 latent channels at an eighth of the size. */
const publishedVae = { latent_channels: 4, block_out_channels: [128, 256, 512, 512] }

/** A VAE's weights under the keys of diffusers, from those of LDM. */
export const vaeWeights = (stored: WeightTable): WeightTable => {
  const renamedWeights = renamed(stored, vaeKeyMap(shapesOf(stored)))
  return new Map([...renamedWeights].map(([key, view]) => [key, asMatrix(view)]))
}

const textEncoderOf = async (
  { checkpoint, family, options }: Source,
  tower: TowerOfFamily,
  index: number,
): Promise<TextEncoderFiles> => {
  const name = index === 0 ? 'text_encoder' : `text_encoder_${index + 1}`
  const stored = storedUnder(checkpoint, tower.prefix)
  if (stored.size === 0) throw lacking(checkpoint, name, `Get a file of ${family.title} with its text encoder.`)
  const weights = textWeights(stored, tower)
  const raw = { ...textConfigOf(weights, tower), ...options.overrides?.textEncoders?.[index] }
  const tokenizer = await tokenizerOf(options, tower, index)
  return { ...component(name, checkpoint, readClipTextConfig(raw, name), weights), tokenizer }
}

const tokenizerOf = async (
  { clipTokenizerFolder }: SingleFileOptions,
  { padToken }: TowerOfFamily,
  index: number,
): Promise<TokenizerFiles> => {
  const name = index === 0 ? 'tokenizer' : `tokenizer_${index + 1}`
  const files =
    clipTokenizerFolder === undefined ? emptyTokenizer() : await readTokenizerFiles(clipTokenizerFolder, name)
  return { ...files, config: { ...files.config, padToken } }
}

const schedulerOf = (family: Family, { prediction, hasZeroSnr }: KnownPrediction): ModelFiles['scheduler'] => ({
  className: family.schedulerClass,
  noise: { ...family.noise, predictionType: prediction, rescaleBetasZeroSnr: hasZeroSnr },
  timestepSpacing: family.timestepSpacing,
  useKarrasSigmas: false,
})

const component = <Config>(
  name: string,
  checkpoint: Checkpoint,
  config: Config,
  weights: WeightTable,
): ComponentFiles<Config> => ({ name, config, weights, checkpoints: [checkpoint] })

/** The tensors under a prefix, by the rest of their names; a discriminator that came along is left out. */
const storedUnder = (checkpoint: Checkpoint, prefix: string): WeightTable => {
  const entries = [...checkpoint.tensors.values()].filter(
    ({ name }) => name.startsWith(prefix) && !name.startsWith('first_stage_model.loss.'),
  )
  return new Map(entries.map((entry) => [entry.name.slice(prefix.length), viewOf(checkpoint, entry)]))
}

const shapesOf = (weights: WeightTable): ReadonlyMap<string, readonly number[]> =>
  new Map([...weights].map(([key, { shape }]) => [key, shape]))

/** A key without a counterpart keeps its name, so that the check for unread keys finds it. */
const renamed = (stored: WeightTable, keyMap: KeyMap): WeightTable =>
  new Map(
    [...stored].map(([fileKey, view]): [string, WeightView] => {
      const key = keyMap(fileKey) ?? fileKey
      return [key, { ...view, key }]
    }),
  )

const foreign = (where: string, description: FileDescription): EngineError =>
  new EngineError('model-unsupported', {
    where,
    found: nounOf(description) ?? 'no checkpoint of Stable Diffusion',
    expected: 'the keys of Stable Diffusion 1.x, 2.x or XL in one file',
    remedy: 'Attune cannot use this file as a model.',
  })

const lacking = (checkpoint: Checkpoint, name: string, remedy: string): EngineError =>
  new EngineError('model-incomplete', {
    where: basename(checkpoint.file),
    found: `no ${name === 'vae' ? 'VAE' : 'text encoder'} in the file`,
    expected: 'UNet, VAE and text encoder',
    remedy,
    component: name,
  })
