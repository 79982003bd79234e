import { EngineError } from '../contract/failures.ts'
import { isInpainting, type ModelFiles } from './model-files.ts'

type Networks = Pick<ModelFiles, 'unet' | 'vae' | 'textEncoders' | 'inpaintingUnet'>

/**
 * Checks that the components of a model belong together: latent channels, and the width of the text.
 *
 * @throws EngineError 'model-unsupported' for inputs other than latents (with mask and picture), 'weight-mismatch' when
 *         the text towers are not as wide as the UNet expects
 */
export const checkFit = (files: Networks): void => {
  checkChannels(files)
  const { config } = files.unet
  const widths = files.textEncoders.map((tower) => tower.config.hidden_size)
  const width = widths.reduce((sum, side) => sum + side, 0)
  if (width !== config.cross_attention_dim) {
    throw mismatch(
      `text ${widths.join(' + ')} wide`,
      `${config.cross_attention_dim}, as the UNet's cross_attention_dim says`,
    )
  }
  const { addition_time_embed_dim: features, projection_class_embeddings_input_dim: inputs } = config
  const projected = files.textEncoders.at(-1)?.config.projection_dim ?? 0
  if (
    features !== null &&
    inputs !== null &&
    config.addition_embed_type !== null &&
    inputs !== 6 * features + projected
  ) {
    throw mismatch(`a pooled text ${projected} wide`, `${inputs - 6 * features}, as the UNet's configuration says`)
  }
}

/** The channels of the UNet against those of the VAE. See `checkFit`. */
export const checkChannels = (files: Networks): void => {
  const latent = files.vae.config.latent_channels
  const { in_channels: inputs, out_channels: outputs } = files.unet.config
  if ((inputs === latent || isInpainting(files)) && outputs === latent) return
  throw new EngineError('model-unsupported', {
    where: 'unet/config.json',
    found: `${inputs} input and ${outputs} output channels for ${latent} latent channels`,
    expected: `${latent} or ${2 * latent + 1} input channels and ${latent} output channels`,
    remedy: 'Attune cannot use networks that see depth, instructions or small pictures yet.',
  })
}

const mismatch = (found: string, expected: string): EngineError =>
  new EngineError('weight-mismatch', {
    where: 'model folder',
    found,
    expected,
    remedy: 'The parts come from different models: use the text encoder that belongs to this UNet.',
  })
