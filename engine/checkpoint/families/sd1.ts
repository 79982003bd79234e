import { clipEndToken, stableDiffusionNoise, type Family } from './family.ts'

/** Stable Diffusion 1.x, inpainting (9 input channels) included. @source CompVis/stable-diffusion, configs/stable-diffusion/v1-inference.yaml */
export const sd1: Family = {
  name: 'sd1',
  title: 'Stable Diffusion 1.x',
  heads: { count: 8 },
  unet: { norm_num_groups: 32, norm_eps: 1e-5, sample_size: 64 },
  vae: { norm_num_groups: 32, scaling_factor: 0.18215 },
  textEncoders: [
    {
      prefix: 'cond_stage_model.transformer.',
      layout: 'transformers',
      unusedLayers: 0,
      hasProjection: false,
      hiddenAct: 'quick_gelu',
      padToken: clipEndToken,
    },
  ],
  schedulerClass: 'DDIMScheduler',
  timestepSpacing: 'leading',
  noise: stableDiffusionNoise,
  forceZerosForEmptyPrompt: false,
}
