import { createHash } from 'node:crypto'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ComponentFiles } from '../../../../engine/checkpoint/component-files.ts'
import { isInpainting } from '../../../../engine/checkpoint/model-files.ts'
import { openModel } from '../../../../engine/checkpoint/open-model.ts'
import { readWeight } from '../../../../engine/checkpoint/read-tensor.ts'
import { openSingleFile } from '../../../../engine/checkpoint/single-file/open-single-file.ts'
import { unusedKeys } from '../../../../engine/checkpoint/single-file/unused-keys.ts'
import { failureOf } from '../failure-of.ts'
import { openRecorded as open, singleFile, smallOverrides, type RecordedFile } from '../recorded-files.ts'
import { fileOf } from '../safetensors-bytes.ts'

/** SHA-256 over keys, shapes and float32 values in the order of the keys, first 16 digits. */
const digest = async ({ weights }: ComponentFiles<unknown>): Promise<string> => {
  const hash = createHash('sha256')
  for (const key of [...weights.keys()].sort()) {
    const view = weights.get(key)
    if (view === undefined) continue
    const { shape, data } = await readWeight(view)
    hash.update(`${key}\0${shape.join()}\0`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  return hash.digest('hex').slice(0, 16)
}

describe('openSingleFile', () => {
  // The digests belong to weights with which PyTorch (diffusers 0.42, strict loading) gave the recorded outputs bit by bit.
  it.each<[RecordedFile, Record<string, string>]>([
    ['sd15-inpaint', { unet: 'd8d9d48f24a4b5e9', vae: '958e2170662c3bac', text_encoder: '14f08966c3bc2532' }],
    ['sd21', { unet: 'fe09d7cdde278704', vae: '9e39e19d8a51cf81', text_encoder: 'a504a54e4746e3ea' }],
    [
      'sdxl',
      {
        unet: '7a379cb538131754',
        vae: '50434f6bd3766ba2',
        text_encoder: '6e00331d75c1f079',
        text_encoder_2: 'b560b6fbf8b66fee',
      },
    ],
  ])('gives the weights of %s under the keys of diffusers', async (name, expected) => {
    const { unet, vae, textEncoders } = await open(name)
    const found: Record<string, string> = {}
    for (const component of [unet, vae, ...textEncoders]) found[component.name] = await digest(component)
    expect(found).toEqual(expected)
  })

  it('derives the configuration of SD 1.x inpainting from shapes and family', async () => {
    const model = await open('sd15-inpaint')
    expect(model).toMatchObject({ layout: 'single-file', family: 'sd1', forceZerosForEmptyPrompt: false })
    expect(isInpainting(model)).toBe(true)
    expect(model.unet.config).toMatchObject({
      in_channels: 9,
      block_out_channels: [8, 16, 24, 24],
      layers_per_block: [2, 2, 2, 2],
      attention_head_dim: [8, 8, 8, 8],
      cross_attention_dim: 768,
      use_linear_projection: false,
      down_block_types: ['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'],
      up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D'],
    })
    expect(model.vae.config).toMatchObject({
      block_out_channels: [8, 16, 16, 16],
      layers_per_block: 2,
      latent_channels: 4,
      scaling_factor: 0.18215,
    })
    expect(model.textEncoders[0]?.config).toMatchObject({
      hidden_size: 24,
      intermediate_size: 96,
      num_hidden_layers: 3,
      hidden_act: 'quick_gelu',
      eos_token_id: 98,
      pad_token_id: 98,
    })
  })

  it('leaves the last block of the SD 2.x tower out and splits its fused projections without a copy', async () => {
    const { textEncoders, unet, scheduler } = await open('sd21')
    const [tower] = textEncoders
    expect(tower?.config).toMatchObject({ num_hidden_layers: 2, hidden_act: 'gelu', pad_token_id: 0 })
    expect(tower?.tokenizer.config.padToken).toBe('!')
    const rows = ['q_proj', 'k_proj', 'v_proj'].map((part) =>
      tower?.weights.get(`text_model.encoder.layers.1.self_attn.${part}.weight`),
    )
    const begin = rows[0]?.byteOffset ?? Number.NaN
    expect(rows.map((view) => [view?.byteOffset, view?.byteLength, view?.shape])).toEqual(
      [0, 1, 2].map((i) => [begin + i * 24 * 24 * 2, 24 * 24 * 2, [24, 24]]),
    )
    expect(unet.config).toMatchObject({ use_linear_projection: true, sample_size: [96, 96] })
    expect(scheduler.noise.predictionType).toBe('v_prediction')
  })

  it('reads the transposed projection of the second tower of SDXL in place', async () => {
    const { textEncoders, unet, vae, forceZerosForEmptyPrompt } = await open('sdxl')
    expect(textEncoders.map(({ config }) => config.num_hidden_layers)).toEqual([3, 10])
    expect(textEncoders[1]?.weights.get('text_projection.weight')).toMatchObject({ shape: [32, 32], transposed: true })
    expect(textEncoders[1]?.config.projection_dim).toBe(32)
    expect(unet.config).toMatchObject({
      addition_embed_type: 'text_time',
      addition_time_embed_dim: 256,
      projection_class_embeddings_input_dim: 1568,
      transformer_layers_per_block: [1, 1, 2],
    })
    expect(vae.config.scaling_factor).toBe(0.13025)
    expect(vae.weights.get('encoder.mid_block.attentions.0.to_q.weight')?.shape).toEqual([16, 16])
    expect(forceZerosForEmptyPrompt).toBe(true)
  })

  it('uses every tensor but averaged weights, buffers and the block that SD 2.x leaves out', async () => {
    const ignored = /^model_ema\.|^first_stage_model\.loss\.|position_ids$|logit_scale$|attn_mask$|text_projection$/
    const left = unusedKeys(await open('sd21')).filter(
      (key) => !ignored.test(key) && !/alphas|betas|variance/.test(key),
    )
    expect(left.length).toBe(12)
    expect(left.every((key) => key.startsWith('cond_stage_model.model.transformer.resblocks.2.'))).toBe(true)
  })

  it('says of every setting that the file lacks what was taken and why', async () => {
    const { assumptions } = await open('sd21')
    expect(assumptions[0]).toEqual({
      setting: 'prediction_type',
      value: 'v_prediction (assumed)',
      because: 'the spread of one of its biases is 0.433, above 0.09',
    })
    expect(assumptions.map(({ setting }) => setting)).toContain('scaling_factor')
  })

  it('takes the vocabulary from the folder it is given', async () => {
    const clipTokenizerFolder = join(import.meta.dirname, '../../../../models/starter/tokenizer')
    const { textEncoders } = await open('sdxl', { clipTokenizerFolder })
    expect(textEncoders.map(({ tokenizer }) => tokenizer.config.padToken)).toEqual(['<|endoftext|>', '!'])
    expect(textEncoders[0]?.tokenizer.vocab).toContain('"<|startoftext|>"')
  })

  it('refuses a file whose channels the groups of its family do not divide', async () => {
    const failure = await failureOf(() => openSingleFile(singleFile('sd15-inpaint')))
    expect(failure.code).toBe('config-invalid')
  })
})

describe('a single file that is', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'attune-single-'))
  })
  afterEach(async () => rm(folder, { recursive: true }))

  /** UNet of SD 1.x with two levels: names and shapes only. */
  const unet = (): Record<string, readonly number[]> => {
    const shapes: Record<string, readonly number[]> = {
      'input_blocks.0.0.weight': [32, 4, 3, 3],
      'input_blocks.1.0.out_layers.3.weight': [32, 32, 3, 3],
      'input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight': [32, 32],
      'input_blocks.2.0.op.weight': [32, 32, 3, 3],
      'input_blocks.3.0.out_layers.3.weight': [64, 64, 3, 3],
      'middle_block.1.transformer_blocks.0.attn1.to_q.weight': [64, 64],
      'middle_block.1.transformer_blocks.0.attn2.to_k.weight': [64, 768],
      'middle_block.1.proj_in.weight': [64, 64, 1, 1],
      'output_blocks.0.0.out_layers.3.weight': [64, 64, 3, 3],
      'output_blocks.1.0.out_layers.3.weight': [64, 64, 3, 3],
      'output_blocks.1.1.conv.weight': [64, 64, 3, 3],
      'output_blocks.2.0.out_layers.3.weight': [32, 32, 3, 3],
      'output_blocks.2.1.transformer_blocks.0.attn1.to_q.weight': [32, 32],
      'output_blocks.3.0.out_layers.3.weight': [32, 32, 3, 3],
      'output_blocks.3.1.transformer_blocks.0.attn1.to_q.weight': [32, 32],
      'out.2.weight': [4, 32, 3, 3],
    }
    return Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [`model.diffusion_model.${key}`, shape]))
  }
  const put = async (tensors: Record<string, readonly number[]>): Promise<string> => {
    const path = join(folder, 'model.safetensors')
    await writeFile(path, fileOf(tensors))
    return path
  }

  it('without a VAE names it', async () => {
    const failure = await failureOf(async () => openSingleFile(await put(unet())))
    expect(failure.code).toBe('model-incomplete')
    expect(failure.facts).toMatchObject({
      found: 'no VAE in the file',
      component: 'vae',
      remedy: 'Choose a VAE file for it.',
    })
  })

  it('without an up path that mirrors the down path is refused', async () => {
    const tensors = unet()
    delete tensors['model.diffusion_model.output_blocks.3.1.transformer_blocks.0.attn1.to_q.weight']
    expect((await failureOf(async () => openSingleFile(await put(tensors)))).code).toBe('model-unsupported')
  })

  it('something else is refused', async () => {
    const failure = await failureOf(async () => openSingleFile(await put({ 'transformer_blocks.0.weight': [2] })))
    expect(failure.message).toMatch(/no checkpoint of Stable Diffusion/)
  })

  it.each<[string, Record<string, readonly number[]>, string]>([
    [
      'a ControlNet',
      {
        'control_model.input_hint_block.0.weight': [2, 3, 3, 3],
        'control_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight': [2, 768],
      },
      'a ControlNet for SD 1.5',
    ],
    [
      'a video network with the text of SD 2.x',
      {
        'model.diffusion_model.input_blocks.1.0.time_stack.in_layers.0.weight': [2],
        'model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight': [2, 1024],
      },
      'a Stable Video Diffusion model',
    ],
    ['a textual inversion', { emb_params: [1, 768] }, 'a textual inversion for SD 1.5 with 1 vector'],
  ])('%s is refused by its name', async (_, tensors, found) => {
    const { code, facts } = await failureOf(async () => openSingleFile(await put(tensors)))
    expect({ code, found: facts.found }).toEqual({ code: 'model-unsupported', found })
  })

  it('and a folder predict what the user says', async () => {
    const starter = join(import.meta.dirname, '../../../../models/starter')
    const predictions = await Promise.all(
      ([undefined, 'epsilon'] as const).map(async (predictionType) => {
        const { scheduler } = await openModel(starter, { predictionType })
        return scheduler.noise.predictionType
      }),
    )
    expect(predictions).toEqual(['v_prediction', 'epsilon'])
    const options = { overrides: smallOverrides.sd21, predictionType: 'epsilon' } as const
    expect((await openModel(singleFile('sd21'), options)).scheduler.noise.predictionType).toBe('epsilon')
  })

  it('opened by openModel, and by its .yaml for what it predicts', async () => {
    const path = join(folder, 'sdxl.safetensors')
    await cp(singleFile('sdxl'), path)
    await writeFile(join(folder, 'sdxl.yaml'), 'model:\n  params:\n    parameterization: "v"\n')
    const model = await openModel(path, { overrides: smallOverrides.sdxl })
    expect(model).toMatchObject({ name: 'sdxl', layout: 'single-file' })
    const because = 'the .yaml file beside it says so'
    expect(model.prediction).toEqual({ own: 'v_prediction', because, isAssumed: false, isChosen: false })
    expect(model.assumptions.map(({ setting }) => setting)).not.toContain('prediction_type')
    const chosen = await openModel(path, { overrides: smallOverrides.sdxl, predictionType: 'epsilon' })
    expect(chosen.scheduler.noise.predictionType).toBe('epsilon')
    expect(chosen.prediction).toEqual({ own: 'v_prediction', because, isAssumed: false, isChosen: true })
  })
})
