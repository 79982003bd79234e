import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeFile } from '../../../../engine/checkpoint/describe/describe-file.ts'
import { describeInEnglish } from '../../../../engine/checkpoint/describe/describe-in-english.ts'
import { failureOf } from '../failure-of.ts'
import { loraFile, singleFile } from '../recorded-files.ts'
import { zipBytes } from '../zip-bytes.ts'
import { fileOf, safetensorsBytes } from '../safetensors-bytes.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-describe-'))
})
afterEach(async () => rm(folder, { recursive: true }))

const sentence = async (path: string): Promise<string> => describeInEnglish(await describeFile(path))
const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** The keys by which a single file is known: UNet with `context` wide text and `inputs` channels, VAE, text encoder. */
const checkpoint = (context: number, inputs: number, labels = false): Record<string, readonly number[]> => ({
  'model.diffusion_model.input_blocks.0.0.weight': [8, inputs, 3, 3],
  'model.diffusion_model.middle_block.1.proj_in.weight': context === 768 ? [8, 8, 1, 1] : [8, 8],
  'model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight': [8, context],
  ...(labels ? { 'model.diffusion_model.label_emb.0.0.weight': [8, 8] } : {}),
  'first_stage_model.decoder.conv_in.weight': [8, 4, 3, 3],
  [labels ? 'conditioner.embedders.0.x.weight' : 'cond_stage_model.x.weight']: [8, 8],
})

const without = (keys: Record<string, readonly number[]>, left: RegExp): Record<string, readonly number[]> =>
  Object.fromEntries(Object.entries(keys).filter(([key]) => !left.test(key)))

const vae = (latents: number): Record<string, readonly number[]> => ({
  'encoder.down.0.block.0.conv1.weight': [8, 8, 3, 3],
  'decoder.conv_in.weight': [8, latents, 3, 3],
})

describe('describeFile', () => {
  it.each<[string, Uint8Array, string]>([
    ['SD 1.5', fileOf(checkpoint(768, 4)), 'This is an SD 1.5 checkpoint.'],
    ['SD 1.5 inpainting', fileOf(checkpoint(768, 9)), 'This is an SD 1.5 checkpoint for inpainting.'],
    ['SD 2', fileOf(checkpoint(1024, 4)), 'This is an SD 2.x checkpoint.'],
    ['SDXL', fileOf(checkpoint(2048, 4, true)), 'This is an SDXL checkpoint.'],
    [
      'SDXL in 8 bits',
      fileOf(checkpoint(2048, 4, true), { dtype: 'F8_E4M3' }),
      'This is an SDXL checkpoint stored as F8_E4M3; Attune cannot use it yet.',
    ],
    [
      'the SDXL refiner',
      fileOf(checkpoint(1280, 4, true)),
      'This is an SDXL refiner checkpoint; Attune cannot use it yet.',
    ],
    ['InstructPix2Pix', fileOf(checkpoint(768, 8)), 'This is an InstructPix2Pix model; Attune cannot use it yet.'],
    [
      'a checkpoint without a VAE',
      fileOf(without(checkpoint(768, 4), /^first_stage_model/)),
      'This is an SD 1.5 checkpoint without a VAE; it needs a VAE file.',
    ],
    [
      'a checkpoint without a text encoder',
      fileOf(without(checkpoint(2048, 4, true), /^conditioner/)),
      'This is an SDXL checkpoint without its text encoder; Attune cannot use it yet.',
    ],
    [
      'a UNet alone in the keys of a checkpoint',
      fileOf(without(checkpoint(768, 4), /^(first_stage_model|cond_stage_model)/)),
      'This is the UNet of an SD 1.5 model without its VAE and text encoder; Attune cannot use it yet.',
    ],
    [
      'a UNet alone',
      fileOf({ 'mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight': [8, 768] }),
      'This is the UNet of an SD 1.5 model without its VAE and text encoder; Attune cannot use it yet.',
    ],
    [
      'a ControlNet of diffusers',
      fileOf({
        'controlnet_cond_embedding.conv_in.weight': [8, 3, 3, 3],
        'mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight': [8, 768],
      }),
      'This is a ControlNet for SD 1.5; Attune cannot use it yet.',
    ],
    [
      'a ControlNet of its first authors',
      fileOf({
        'control_model.input_hint_block.0.weight': [8, 3, 3, 3],
        'control_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight': [8, 1024],
      }),
      'This is a ControlNet for SD 2.x; Attune cannot use it yet.',
    ],
    [
      'Flux',
      fileOf({ 'model.diffusion_model.double_blocks.0.img_attn.qkv.weight': [8, 8] }),
      'This is a Flux model; Attune cannot use it yet.',
    ],
    [
      'SD 3',
      fileOf({ 'model.diffusion_model.joint_blocks.0.context_block.attn.qkv.weight': [8, 8] }),
      'This is an SD 3 model; Attune cannot use it yet.',
    ],
    [
      'an upscaler',
      fileOf({ 'model.0.weight': [8, 3, 3, 3], 'model.1.sub.0.RDB1.conv1.0.weight': [8, 8, 3, 3] }),
      'This is an upscaler (ESRGAN); Attune cannot use it yet.',
    ],
    [
      'an IP-Adapter',
      fileOf({ 'image_proj.proj.weight': [8, 8], 'ip_adapter.1.to_k_ip.weight': [8, 768] }),
      'This is an IP-Adapter for SD 1.5; Attune cannot use it yet.',
    ],
    [
      'a motion module',
      fileOf({ 'down_blocks.0.motion_modules.0.temporal_transformer.proj_in.weight': [8, 8] }),
      'This is an AnimateDiff motion module; Attune cannot use it yet.',
    ],
    ['a VAE', fileOf(vae(4)), 'This is a VAE.'],
    ['a VAE of other latents', fileOf(vae(16)), 'This is a VAE with 16 latent channels; Attune cannot use it yet.'],
    [
      'T5',
      fileOf({ 'encoder.block.0.layer.0.SelfAttention.q.weight': [8, 8] }),
      'This is a text encoder (T5); Attune cannot use it yet.',
    ],
    [
      'a LoHa',
      fileOf({ lora_unet_x_attn2_to_k: [1], 'lora_unet_x_attn2_to_k.hada_w1_b': [4, 768] }),
      'This is a LoHa adapter for SD 1.5; Attune cannot use it yet.',
    ],
    [
      'a LoRA for Flux',
      fileOf({
        'lora_unet_double_blocks_0_img_attn_proj.lora_down.weight': [2, 8],
        'lora_unet_double_blocks_0_img_attn_proj.lora_up.weight': [8, 2],
      }),
      'This is a LoRA for Flux; Attune cannot use it yet.',
    ],
    ...[
      ['Flux or its like', 'diffusion_model.single_blocks.0.linear1', 'Flux'],
      ['HunyuanVideo', 'diffusion_model.double_blocks.0.img_attn_qkv', 'HunyuanVideo'],
      ['Qwen-Image', 'transformer_blocks.0.img_mlp.net.2', 'Qwen-Image'],
      ['SD 3', 'transformer.transformer_blocks.0.attn.to_q', 'SD 3'],
      ['Z-Image', 'diffusion_model.layers.0.attention.to_q', 'Lumina or Z-Image'],
      ['PixArt', 'base_model.model.transformer_blocks.0.attn1.to_q', 'a diffusion transformer'],
    ].map(([what = '', layer = '', name = '']): [string, Uint8Array, string] => [
      `a LoRA for ${what}`,
      fileOf({ [`${layer}.lora_A.weight`]: [2, 8], [`${layer}.lora_B.weight`]: [8, 2] }),
      `This is a LoRA for ${name}; Attune cannot use it yet.`,
    ]),
    [
      'a LoRA with one layer',
      fileOf({ 'unet.x.attn2.to_k.lora_A.weight': [2, 768], 'unet.x.attn2.to_k.lora_B.weight': [8, 2] }),
      'This is a LoRA for SD 1.5 with 1 layer.',
    ],
    [
      'a ControlNet for Flux',
      fileOf({ 'controlnet_x_embedder.weight': [8, 8], 'single_transformer_blocks.0.attn.to_q.weight': [8, 8] }),
      'This is a ControlNet for Flux; Attune cannot use it yet.',
    ],
    ...[
      ['model.diffusion_model.input_blocks.1.0.time_stack.in_layers.0.weight', 'a Stable Video Diffusion'],
      ['blocks.0.mlp.inverted_conv.conv.weight', 'a Sana'],
      ['condition_embedder.text_embedder.linear_1.weight', 'a Wan video'],
      ['model.diffusion_model.double_stream_blocks.0.block.attn1.to_q.weight', 'a HiDream'],
      ['down_blocks.0.attentions.0.add_k_proj.weight', 'a Kandinsky or DeepFloyd'],
      ['decoder.layers.0.weight', 'a TAESD'],
    ].map(([key = '', name = '']): [string, Uint8Array, string] => [
      name,
      fileOf({ [key]: [8, 8] }),
      `This is ${name} model; Attune cannot use it yet.`,
    ]),
    [
      'a language model',
      fileOf({ 'model.layers.0.self_attn.q_proj.weight': [8, 8], 'lm_head.weight': [8, 8] }),
      'This is a text encoder (language model); Attune cannot use it yet.',
    ],
    [
      'the answer of a server',
      latin('{"error":"Unauthorized"}'),
      'This is a text instead of the model; Attune cannot use it: get the model as .safetensors.',
    ],
    [
      'an archive',
      latin("7z\xbc\xaf'\x1c\x00\x04\x11\x22"),
      'This is an archive; Attune cannot use it: get the model as .safetensors.',
    ],
    ['an embedding', fileOf({ emb_params: [3, 768] }), 'This is a textual inversion for SD 1.5 with 3 vectors.'],
    ['an embedding of diffusers', fileOf({ '<cat>': [1024] }), 'This is a textual inversion for SD 2.x with 1 vector.'],
    [
      'an embedding for SDXL',
      fileOf({ clip_g: [2, 1280], clip_l: [2, 768] }),
      'This is a textual inversion for SDXL with 2 vectors.',
    ],
    [
      'GGUF',
      latin('GGUF\x03\x00\x00\x00'),
      'This is a GGUF file; Attune cannot use it: get the model as .safetensors.',
    ],
    [
      'a pickle',
      zipBytes(['archive/data.pkl', 'archive/data/0']),
      'This is a Python pickle in a zip archive, as PyTorch writes it, which can run any program when it is opened; Attune never opens it: get the model as .safetensors.',
    ],
    [
      'a renamed .zip',
      zipBytes(['model.safetensors']),
      'This is a zip archive; Attune cannot use it: get the model as .safetensors.',
    ],
    [
      'a truncated file',
      fileOf({ a: [100] }).subarray(0, 200),
      'This file is damaged: a file of 200 bytes, expected 266 bytes as its header says.',
    ],
    [
      'something else',
      fileOf({ 'some.weight': [2], 'other.weight': [2] }),
      'Attune does not know what this is (2 tensors, the first is "some.weight") and cannot use it.',
    ],
    [
      'no tensor',
      safetensorsBytes('{}', 0),
      'Attune does not know what this is (0 tensors, the first is "") and cannot use it.',
    ],
  ])('knows %s', async (_, bytes, expected) => {
    const path = join(folder, 'file.safetensors')
    await writeFile(path, bytes)
    expect(await sentence(path)).toBe(expected)
  })

  it.each([
    ['a LoRA for SDXL', loraFile('lora-sdxl/sgm'), 'This is a LoRA for SDXL with 168 layers.'],
    ['a DoRA', loraFile('lora-dora-refused/dora-in'), 'This is a DoRA adapter; Attune cannot use it yet.'],
    ['a whole SD 2.x file', singleFile('sd21'), 'This is an SD 2.x checkpoint.'],
    [
      'the bundled model',
      join(import.meta.dirname, '../../../../models/starter'),
      'This is a Stable Diffusion model in the layout of diffusers.',
    ],
  ])('knows %s', async (_, path, expected) => {
    expect(await sentence(path)).toBe(expected)
  })

  it('says what is wrong with a model folder', async () => {
    await mkdir(join(folder, 'model'))
    await writeFile(
      join(folder, 'model/model_index.json'),
      '{"_class_name": "FluxPipeline", "transformer": ["a", "b"]}',
    )
    expect(await sentence(join(folder, 'model'))).toBe('This is a FluxPipeline model; Attune cannot use it yet.')
  })

  it('says what a model folder lacks', async () => {
    await mkdir(join(folder, 'model'))
    await writeFile(
      join(folder, 'model/model_index.json'),
      '{"_class_name": "StableDiffusionPipeline", "unet": ["a", "b"], "vae": ["a", "b"]}',
    )
    expect(await sentence(join(folder, 'model'))).toMatch(/^This model is incomplete: "\w+" is missing\.$/)
  })

  it('knows what a usable model predicts, and whether that is only likely', async () => {
    const path = join(folder, 'file.safetensors')
    await writeFile(path, fileOf(checkpoint(768, 4)))
    expect((await describeFile(path)).prediction).toEqual({ own: 'epsilon', isAssumed: true })
    await writeFile(path, fileOf({ ...checkpoint(2048, 4, true), v_pred: [1] }))
    expect((await describeFile(path)).prediction).toEqual({ own: 'v_prediction', isAssumed: false })
    const starter = join(import.meta.dirname, '../../../../models/starter')
    expect((await describeFile(starter)).prediction).toEqual({ own: 'v_prediction', isAssumed: false })
    await writeFile(path, fileOf(vae(4)))
    expect((await describeFile(path)).prediction).toBeUndefined()
  })

  it('throws only for files that cannot be read', async () => {
    expect((await failureOf(async () => describeFile(join(folder, 'none')))).code).toBe('file-unreadable')
  })
})
