import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { readAttuneConfig } from '../../../../engine/checkpoint/config/attune-config.ts'
import { readAutoencoderConfig } from '../../../../engine/checkpoint/config/autoencoder-config.ts'
import { readClipConfig, readClipTextConfig } from '../../../../engine/checkpoint/config/clip-config.ts'
import { readModelIndex } from '../../../../engine/checkpoint/config/model-index.ts'
import { parseConfigJson, type RawConfig } from '../../../../engine/checkpoint/config/parse-config-json.ts'
import { readSchedulerConfig } from '../../../../engine/checkpoint/config/scheduler-config.ts'
import { readSegmenterConfig } from '../../../../engine/checkpoint/config/segmenter-config.ts'
import { readTokenizerConfig } from '../../../../engine/checkpoint/config/tokenizer-config.ts'
import { readUnetConfig } from '../../../../engine/checkpoint/config/unet-config.ts'
import { failureOf } from '../failure-of.ts'

const starter = async (path: string): Promise<RawConfig> =>
  parseConfigJson(await readFile(new URL(`../../../../models/starter/${path}`, import.meta.url), 'utf8'), path)

describe('parseConfigJson', () => {
  it('reads the numbers that Python writes and JSON lacks, and leaves text alone', () => {
    const text = '{"a": -Infinity, "b": [Infinity, NaN], "c": "NaN, \\"Infinity\\"", "Infinity": 1e-05}'
    expect(parseConfigJson(text, 'x')).toEqual({
      a: -Infinity,
      b: [Infinity, null],
      c: 'NaN, "Infinity"',
      Infinity: 1e-5,
    })
  })

  it.each(['[1]', 'null', '"text"', '{', '', '{"a": Infinit}'])('refuses %j', (text) => {
    expect(() => parseConfigJson(text, 'x')).toThrow(expect.objectContaining({ code: 'config-invalid' }))
  })
})

describe('a UNet', () => {
  it('has the defaults of diffusers for missing keys', () => {
    expect(readUnetConfig({})).toEqual({
      in_channels: 4,
      out_channels: 4,
      block_out_channels: [320, 640, 1280, 1280],
      down_block_types: ['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'],
      up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D'],
      mid_block_type: 'UNetMidBlock2DCrossAttn',
      layers_per_block: [2, 2, 2, 2],
      transformer_layers_per_block: [1, 1, 1, 1],
      attention_head_dim: [8, 8, 8, 8],
      cross_attention_dim: 1280,
      use_linear_projection: false,
      norm_num_groups: 32,
      norm_eps: 1e-5,
      flip_sin_to_cos: true,
      freq_shift: 0,
      downsample_padding: 1,
      time_embedding_dim: 1280,
      addition_embed_type: null,
      addition_time_embed_dim: null,
      projection_class_embeddings_input_dim: null,
      sample_size: null,
    })
  })

  it('is read from the bundled model', async () => {
    expect(readUnetConfig(await starter('unet/config.json'))).toMatchObject({
      attention_head_dim: [2, 4, 6],
      cross_attention_dim: 192,
      layers_per_block: [2, 2, 2],
      time_embedding_dim: 256,
      sample_size: [16, 16],
    })
  })

  it('reads the configuration of SDXL base', () => {
    const sdxl = {
      addition_embed_type: 'text_time',
      addition_time_embed_dim: 256,
      attention_head_dim: [5, 10, 20],
      block_out_channels: [320, 640, 1280],
      cross_attention_dim: 2048,
      down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D'],
      projection_class_embeddings_input_dim: 2816,
      transformer_layers_per_block: [1, 2, 10],
      up_block_types: ['CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'UpBlock2D'],
      use_linear_projection: true,
      upcast_attention: null,
      only_cross_attention: [false, false, false],
      _name_or_path: 'anything',
    }
    expect(readUnetConfig(sdxl)).toMatchObject({
      addition_time_embed_dim: 256,
      transformer_layers_per_block: [1, 2, 10],
    })
  })

  it.each<[RawConfig, string, RegExp]>([
    [{ _class_name: 'UNetMotionModel' }, 'model-unsupported', /"_class_name" is "UNetMotionModel", expected "UNet2D/],
    [{ class_embed_type: 'timestep' }, 'model-unsupported', /"class_embed_type" is "timestep", expected null/],
    [{ time_cond_proj_dim: 256 }, 'model-unsupported', /time_cond_proj_dim/],
    [{ resnet_time_scale_shift: 'scale_shift' }, 'model-unsupported', /resnet_time_scale_shift/],
    [{ dual_cross_attention: true }, 'model-unsupported', /dual_cross_attention/],
    [{ addition_embed_type: 'text_image' }, 'model-unsupported', /null or "text_time"/],
    [{ only_cross_attention: [true, true, true, false] }, 'model-unsupported', /only_cross_attention/],
    [{ num_class_embeds: 1000 }, 'model-unsupported', /num_class_embeds/],
    [{ reverse_transformer_layers_per_block: [[4, 4, 10], [2, 1, 1], 1] }, 'model-unsupported', /reverse_transformer/],
    [{ time_embedding_dim: 999 }, 'model-unsupported', /time_embedding_dim/],
    [{ down_block_types: ['SimpleCrossAttnDownBlock2D'] }, 'config-invalid', /down_block_types/],
    [{ in_channels: 'four' }, 'config-invalid', /"in_channels" is "four"/],
    [{ attention_head_dim: [8, 8] }, 'config-invalid', /2 values of "attention_head_dim", expected 4/],
    [{ norm_num_groups: 7 }, 'config-invalid', /multiple of "norm_num_groups" 7/],
    [{ attention_head_dim: 7 }, 'config-invalid', /multiple of "attention_head_dim" 7/],
    [{ cross_attention_dim: [768, 1024, 768, 768] }, 'config-invalid', /cross_attention_dim/],
    [{ addition_embed_type: 'text_time' }, 'config-invalid', /addition_time_embed_dim/],
    [{ block_out_channels: [] }, 'config-invalid', /block_out_channels/],
  ])('is refused with %j', async (raw, code, message) => {
    const failure = await failureOf(() => readUnetConfig(raw))
    expect(failure.code).toBe(code)
    expect(failure.message).toMatch(message)
  })

  it('reads block names of 2022', () => {
    const raw = {
      down_block_types: ['UNetResCrossAttnDownBlock2D'],
      up_block_types: ['UNetResUpBlock2D'],
      block_out_channels: [32],
    }
    expect(readUnetConfig(raw)).toMatchObject({
      down_block_types: ['CrossAttnDownBlock2D'],
      up_block_types: ['UpBlock2D'],
    })
  })
})

describe('a VAE', () => {
  it('has scaling factor 0.18215, no shift and both quantisation layers unless the file says otherwise', async () => {
    expect(readAutoencoderConfig({ block_out_channels: [32] })).toMatchObject({
      scaling_factor: 0.18215,
      shift_factor: 0,
      use_quant_conv: true,
      use_post_quant_conv: true,
      mid_block_add_attention: true,
    })
    expect(readAutoencoderConfig(await starter('vae/config.json'))).toMatchObject({
      latent_channels: 8,
      scaling_factor: 0.4524775015558855,
    })
  })

  it.each<[RawConfig, string]>([
    [{ _class_name: 'AutoencoderTiny' }, 'model-unsupported'],
    [{ latents_mean: [0, 0, 0, 0] }, 'model-unsupported'],
    [{ down_block_types: ['AttnDownEncoderBlock2D'] }, 'model-unsupported'],
    [{ block_out_channels: [30] }, 'config-invalid'],
    [{ scaling_factor: -1 }, 'config-invalid'],
  ])('is refused with %j', (raw, code) => {
    expect(() => readAutoencoderConfig(raw)).toThrow(expect.objectContaining({ code }))
  })
})

describe('a CLIP tower', () => {
  it('has the defaults of transformers for missing keys', () => {
    expect(readClipTextConfig({})).toEqual({
      vocab_size: 49408,
      hidden_size: 512,
      intermediate_size: 2048,
      projection_dim: 512,
      num_hidden_layers: 12,
      num_attention_heads: 8,
      max_position_embeddings: 77,
      hidden_act: 'quick_gelu',
      layer_norm_eps: 1e-5,
      bos_token_id: 49406,
      eos_token_id: 49407,
      pad_token_id: 1,
    })
  })

  it('lets the older *_config_dict win, as transformers does', () => {
    const raw = {
      text_config: { hidden_size: 64 },
      text_config_dict: { hidden_size: 128 },
      vision_config: null,
      projection_dim: 16,
    }
    const config = readClipConfig(raw)
    expect(config.text_config).toMatchObject({ hidden_size: 128, projection_dim: 16 })
    expect(config.vision_config).toMatchObject({ hidden_size: 768, patch_size: 32 })
  })

  it('reads the bundled scorer', async () => {
    expect(readClipConfig(await starter('scorer/config.json'))).toMatchObject({
      projection_dim: 128,
      text_config: { num_hidden_layers: 3, vocab_size: 1078 },
      vision_config: { patch_size: 16, num_hidden_layers: 6, hidden_act: 'quick_gelu' },
    })
  })

  it.each<[RawConfig, string]>([
    [{ hidden_act: 'gelu_new' }, 'model-unsupported'],
    [{ model_type: 't5' }, 'model-unsupported'],
    [{ num_attention_heads: 7 }, 'config-invalid'],
    [{ vocab_size: 1.5 }, 'config-invalid'],
  ])('is refused with %j', (raw, code) => {
    expect(() => readClipTextConfig(raw)).toThrow(expect.objectContaining({ code }))
  })
})

describe('a scheduler', () => {
  it('is read from the bundled model', async () => {
    expect(readSchedulerConfig(await starter('scheduler/scheduler_config.json'))).toEqual({
      className: 'DDIMScheduler',
      noise: {
        predictionType: 'v_prediction',
        betaSchedule: 'scaled_linear',
        betaStart: 0.00085,
        betaEnd: 0.012,
        numTrainTimesteps: 1000,
        stepsOffset: 1,
        setAlphaToOne: false,
        rescaleBetasZeroSnr: false,
      },
      timestepSpacing: 'leading',
      useKarrasSigmas: false,
    })
  })

  it('has the defaults of its class, and takes null and Infinity for what they mean', () => {
    const text =
      '{"_class_name": "PNDMScheduler", "lambda_min_clipped": -Infinity, "trained_betas": null, "timestep_spacing": null}'
    expect(readSchedulerConfig(parseConfigJson(text, 'scheduler'))).toMatchObject({
      timestepSpacing: 'leading',
      noise: { setAlphaToOne: false, betaStart: 0.0001, betaEnd: 0.02, betaSchedule: 'linear' },
    })
    expect(readSchedulerConfig({ _class_name: 'DPMSolverMultistepScheduler' }).timestepSpacing).toBe('linspace')
    expect(readSchedulerConfig({ _class_name: 'LCMScheduler' }).noise.betaSchedule).toBe('scaled_linear')
  })

  it.each<[RawConfig, string]>([
    [{ prediction_type: 'sample' }, 'model-unsupported'],
    [{ beta_schedule: 'sigmoid' }, 'model-unsupported'],
    [{ use_flow_sigmas: true }, 'model-unsupported'],
    [{ _class_name: 'EDMDPMSolverMultistepScheduler', beta_start: 0.00085 }, 'model-unsupported'],
    [{ _class_name: 'FlowMatchEulerDiscreteScheduler' }, 'model-unsupported'],
    [{ _class_name: 'EulerDiscreteScheduler', timestep_type: 'continuous' }, 'model-unsupported'],
    [{ beta_start: 'small' }, 'config-invalid'],
  ])('is refused with %j', (raw, code) => {
    expect(() => readSchedulerConfig(raw)).toThrow(expect.objectContaining({ code }))
  })
})

describe('the other files of a model', () => {
  it('reads tokens that are given as objects, and no limit where the length is 1e30', () => {
    const raw = { bos_token: { content: '<s>', lstrip: false }, model_max_length: 1e30 }
    expect(readTokenizerConfig(raw, { pad_token: '!' })).toEqual({
      bosToken: '<s>',
      eosToken: '<|endoftext|>',
      unknownToken: '<|endoftext|>',
      padToken: '!',
      modelMaxLength: null,
    })
  })

  // transformers 5.23 reads id 0, 49407 and 0 out of these files
  it.each<[string, RawConfig, RawConfig, string]>([
    ['the files of Stable Diffusion 2.x', { pad_token: '<|endoftext|>' }, { pad_token: '!' }, '!'],
    ['newer files', { pad_token: '<|endoftext|>', added_tokens_decoder: {} }, { pad_token: '!' }, '<|endoftext|>'],
    ['newer files without it', { added_tokens_decoder: {} }, { pad_token: '!' }, '!'],
  ])('takes the pad token of %s as transformers does', (_, raw, specialTokens, padToken) => {
    expect(readTokenizerConfig(raw, specialTokens).padToken).toBe(padToken)
  })

  it('refuses another tokenizer', () => {
    const read = (): unknown => readTokenizerConfig({ tokenizer_class: 'T5Tokenizer' })
    expect(read).toThrow(expect.objectContaining({ code: 'model-unsupported' }))
  })

  it('leaves out the components of a pipeline that are null', async () => {
    const index = readModelIndex(await starter('model_index.json'))
    expect([...index.components.keys()]).toEqual(['scheduler', 'text_encoder', 'tokenizer', 'unet', 'vae'])
    expect(index.forceZerosForEmptyPrompt).toBe(false)
    expect(readModelIndex({ _class_name: 'StableDiffusionXLPipeline' }).forceZerosForEmptyPrompt).toBe(true)
  })

  it('reads the bundled segmenter and attune.json', async () => {
    expect(readSegmenterConfig(await starter('segmenter/config.json')).classes).toHaveLength(97)
    const { previewMap, ...attune } = readAttuneConfig(await starter('attune.json'))
    expect(attune).toEqual({
      captionTemplate: '{article} {}',
      guidanceThreshold: 0.99926,
      measuredPrediction: null,
      alignment: { presentScore: 0.04, layers: 'up', threshold: 0.4 },
    })
    expect(previewMap?.weights.map((row) => row.length)).toEqual([8, 8, 8])
    expect(() => readAttuneConfig({ version: 1, captionTemplate: 'no place' })).toThrow(/captionTemplate/)
  })
})
