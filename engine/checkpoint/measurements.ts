import { createHash } from 'node:crypto'
import { access, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import type { Prediction } from '../machine/denoiser.ts'
import { writeWhole, type WriteOptions } from '../files/write-whole.ts'
import { readAttuneConfig, type AttuneConfig, type PreviewMap } from './config/attune-config.ts'
import type { RawConfig } from './config/parse-config-json.ts'
import type { ModelFiles } from './model-files.ts'
import { readConfigFile } from './read-text-file.ts'

/** What measuring a model adds to its `attune.json`. */
export interface Measured {
  /** null: Adaptive Guidance is worse than fewer steps for this model. */
  readonly guidanceThreshold: number | null
  readonly previewMap: PreviewMap
  /** What the user said that the network predicts; null: what its files say. */
  readonly measuredPrediction: Prediction | null
  /** How it was found out, for people who read the file. */
  readonly measurement: Readonly<Record<string, number | null>>
}

/** Where a model's own `attune.json` lies: in its folder, or beside its file as `<name>.attune.json`. */
export const attuneFileOf = ({ layout, path }: Pick<ModelFiles, 'layout' | 'path'>): string =>
  layout === 'folder' ? join(path, 'attune.json') : path.replace(/(\.safetensors)?$/i, '.attune.json')

/**
 * The model with what was measured about it elsewhere, where its own `attune.json` does not say it.
 *
 * @param folder  where measurements of models in read-only folders are kept
 * @throws EngineError 'config-invalid'
 */
export const withMeasurements = async (files: ModelFiles, folder: string | undefined): Promise<ModelFiles> => {
  const own = files.layout === 'folder' ? files.attune : await readIfThere(attuneFileOf(files), files.attune)
  const path = folder === undefined ? undefined : await measurementFile(files, folder)
  const kept = path === undefined ? own : await readIfThere(path, own)
  const [fitting, keptFitting] = [fittingThreshold(own, files), fittingThreshold(kept, files)]
  return {
    ...files,
    attune: {
      ...own,
      guidanceThreshold: fitting ?? keptFitting,
      previewMap: own.previewMap ?? kept.previewMap,
    },
  }
}

/** A network that is taken to predict something else has other cosines. */
const fittingThreshold = (
  { guidanceThreshold, measuredPrediction }: AttuneConfig,
  { scheduler, prediction }: Pick<ModelFiles, 'scheduler' | 'prediction'>,
): number | null =>
  (measuredPrediction ?? prediction.own) === scheduler.noise.predictionType ? guidanceThreshold : null

/**
 * Keeps a measurement in the model's own `attune.json`, of which everything else stays, or in `folder` where the model's
 * may not be written.
 *
 * @returns the file
 * @throws EngineError what `writeWhole` throws where both refuse
 */
export const keepMeasurement = async (
  files: ModelFiles,
  measured: Measured,
  folder: string | undefined,
  options: Pick<WriteOptions, 'fileSystem'> = {},
): Promise<string> => {
  const own = attuneFileOf(files)
  try {
    await write(own, measured, options)
    return own
  } catch (error) {
    if (folder === undefined || !(error instanceof EngineError) || error.code !== 'refused') throw error
    await mkdir(folder, { recursive: true })
    const path = await measurementFile(files, folder)
    await write(path, measured, options)
    return path
  }
}

const write = async (path: string, measured: Measured, options: WriteOptions): Promise<void> => {
  const before: RawConfig = (await isThere(path)) ? await readConfigFile(path) : { version: 1 }
  const text = JSON.stringify({ ...before, ...rounded(measured) }, null, 1)
  await writeWhole(path, new TextEncoder().encode(`${text}\n`), { ...options, existing: 'replace' })
}

/** Six digits: a preview has 256 levels, and what is beyond is noise of the measurement. */
const rounded = ({ guidanceThreshold, previewMap, measuredPrediction, measurement }: Measured): Measured => {
  const short = (value: number): number => Number(value.toPrecision(6))
  return {
    guidanceThreshold,
    previewMap: { weights: previewMap.weights.map((row) => row.map(short)), bias: previewMap.bias.map(short) },
    measuredPrediction,
    measurement: Object.fromEntries(
      Object.entries(measurement).map(([name, value]) => [name, value === null ? null : short(value)]),
    ),
  }
}

/** Named by what the UNet's file is: another file at the same place, or a changed one, has not been measured. */
const measurementFile = async ({ unet }: ModelFiles, folder: string): Promise<string> => {
  const [checkpoint] = unet.checkpoints
  const file = checkpoint?.file ?? ''
  const { size, mtimeMs } = await stat(file)
  const key = createHash('sha256')
    .update(JSON.stringify([file, size, mtimeMs]))
    .digest('hex')
  return join(folder, `${key.slice(0, 32)}.json`)
}

const readIfThere = async (path: string, otherwise: AttuneConfig): Promise<AttuneConfig> =>
  (await isThere(path)) ? readAttuneConfig(await readConfigFile(path)) : otherwise

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
