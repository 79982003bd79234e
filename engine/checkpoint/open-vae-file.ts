import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import { openCheckpoint, resolveFile } from './checkpoint.ts'
import { openComponent, type ComponentFiles } from './component-files.ts'
import { readAutoencoderConfig, type AutoencoderConfig } from './config/autoencoder-config.ts'
import { vaePrefix } from './single-file/detect-family.ts'
import { vaeWeights } from './single-file/open-single-file.ts'
import { vaeConfigOf } from './single-file/vae-keys.ts'
import { weightsOf } from './weight-table.ts'

/**
 * Opens a VAE of its own, to be used in place of a model's: a file with the keys of LDM (with or without
 * `first_stage_model.`) or of diffusers, or a folder of diffusers. What a file does not say, such as the scaling factor,
 * is taken from the model's own VAE; a folder says it itself.
 *
 * @param own  configuration of the VAE that it replaces
 * @throws EngineError 'weight-mismatch' when its latents have another number of channels or another size,
 *         'model-incomplete' when it is not a whole AutoencoderKL, and what `openCheckpoint` throws
 */
export const openVaeFile = async (path: string, own: AutoencoderConfig): Promise<ComponentFiles<AutoencoderConfig>> => {
  const isFolder = (await stat(await resolveFile(path))).isDirectory()
  const vae = isFolder ? await openComponent(path, readAutoencoderConfig, 'vae') : await openFile(path, own)
  checkSameLatents(path, vae.config, own)
  return vae
}

const openFile = async (path: string, own: AutoencoderConfig): Promise<ComponentFiles<AutoencoderConfig>> => {
  const checkpoint = await openCheckpoint(path)
  const stored = new Map(
    [...weightsOf(checkpoint)]
      .filter(
        ([key]) => !key.startsWith(`${vaePrefix}loss.`) && !key.startsWith('loss.') && !key.startsWith('model_ema.'),
      )
      .map(([key, view]) => [key.startsWith(vaePrefix) ? key.slice(vaePrefix.length) : key, view]),
  )
  const isDiffusers = stored.has('encoder.down_blocks.0.resnets.0.conv1.weight')
  const weights = isDiffusers ? stored : vaeWeights(stored)
  const shapes = vaeConfigOf(weights)
  const { norm_num_groups, scaling_factor, shift_factor } = own
  const config = readAutoencoderConfig({ norm_num_groups, scaling_factor, shift_factor, ...shapes }, 'vae')
  return { name: 'vae', config, weights, checkpoints: [checkpoint] }
}

const checkSameLatents = (path: string, config: AutoencoderConfig, own: AutoencoderConfig): void => {
  const latents = ({ latent_channels: channels, block_out_channels: levels }: AutoencoderConfig): string =>
    `${channels} latent channels at 1/${2 ** (levels.length - 1)} of the size`
  if (latents(config) === latents(own)) return
  throw new EngineError('weight-mismatch', {
    where: basename(path),
    found: `a VAE with ${latents(config)}`,
    expected: latents(own),
    remedy: 'This VAE belongs to another kind of model.',
  })
}
