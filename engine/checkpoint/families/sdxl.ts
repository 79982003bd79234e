import { clipEndToken, clipFirstToken, stableDiffusionNoise, type Family } from './family.ts'

/** Stable Diffusion XL base. @source Stability-AI/generative-models, configs/inference/sd_xl_base.yaml */
export const sdxl: Family = {
  name: 'sdxl',
  title: 'Stable Diffusion XL',
  heads: { channels: 64 },
  unet: { norm_num_groups: 32, norm_eps: 1e-5, sample_size: 128, addition_time_embed_dim: 256 },
  vae: { norm_num_groups: 32, scaling_factor: 0.13025 },
  textEncoders: [
    {
      prefix: 'conditioner.embedders.0.transformer.',
      layout: 'transformers',
      unusedLayers: 0,
      hasProjection: false,
      hiddenAct: 'quick_gelu',
      padToken: clipEndToken,
    },
    {
      prefix: 'conditioner.embedders.1.model.',
      layout: 'open-clip',
      unusedLayers: 0,
      hasProjection: true,
      hiddenAct: 'gelu',
      padToken: clipFirstToken,
    },
  ],
  schedulerClass: 'EulerDiscreteScheduler',
  timestepSpacing: 'leading',
  noise: stableDiffusionNoise,
  forceZerosForEmptyPrompt: true,
}
