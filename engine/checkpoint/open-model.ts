import { stat } from 'node:fs/promises'
import type { AutoencoderConfig } from './config/autoencoder-config.ts'
import type { Prediction } from '../machine/denoiser.ts'
import type { ComponentFiles } from './component-files.ts'
import { resolveFile } from './checkpoint.ts'
import type { ModelFiles } from './model-files.ts'
import { openModelFolder } from './model-folder.ts'
import { openVaeFile } from './open-vae-file.ts'
import { openSingleFile, type SingleFileOptions } from './single-file/open-single-file.ts'

export interface OpenModelOptions extends Omit<SingleFileOptions, 'openVae'> {
  /** A VAE in a file of its own, in place of the model's. */
  readonly vaeFile?: string | undefined
}

/**
 * Opens a model wherever it lies: a folder in the layout of diffusers, a repository of the Hugging Face cache, or a
 * checkpoint in one file. See `openModelFolder`, `openSingleFile`
 * and `openVaeFile` for the failures.
 */
export const openModel = async (path: string, { vaeFile, ...options }: OpenModelOptions = {}): Promise<ModelFiles> => {
  const openVae =
    vaeFile === undefined
      ? undefined
      : (own: AutoencoderConfig): Promise<ComponentFiles<AutoencoderConfig>> => openVaeFile(vaeFile, own)
  const status = await stat(await resolveFile(path))
  if (!status.isDirectory()) return openSingleFile(path, { ...options, openVae })
  const files = withPrediction(await openModelFolder(path), options.predictionType)
  return openVae === undefined ? files : { ...files, vae: await openVae(files.vae.config) }
}

/** A folder says what its network predicts; the user may know better. */
const withPrediction = (files: ModelFiles, predictionType: Prediction | undefined): ModelFiles => {
  if (predictionType === undefined) return files
  const { scheduler, prediction } = files
  return {
    ...files,
    scheduler: { ...scheduler, noise: { ...scheduler.noise, predictionType } },
    prediction: { ...prediction, isChosen: true },
    assumptions: files.assumptions.filter(({ setting }) => setting !== 'prediction_type'),
  }
}
