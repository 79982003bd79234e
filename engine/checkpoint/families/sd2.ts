import { clipFirstToken, stableDiffusionNoise, type Family } from './family.ts'

/** Stable Diffusion 2.x: the text is the state before the last block. @source Stability-AI/stablediffusion, configs/stable-diffusion/v2-inference.yaml */
export const sd2: Family = {
  name: 'sd2',
  title: 'Stable Diffusion 2.x',
  heads: { channels: 64 },
  unet: { norm_num_groups: 32, norm_eps: 1e-5, sample_size: 64 },
  vae: { norm_num_groups: 32, scaling_factor: 0.18215 },
  textEncoders: [
    {
      prefix: 'cond_stage_model.model.',
      layout: 'open-clip',
      unusedLayers: 1,
      hasProjection: false,
      hiddenAct: 'gelu',
      padToken: clipFirstToken,
    },
  ],
  schedulerClass: 'DDIMScheduler',
  timestepSpacing: 'leading',
  noise: stableDiffusionNoise,
  forceZerosForEmptyPrompt: false,
}
