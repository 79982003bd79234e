/** Texts as the programs write them, shortened to what matters. */

export const comfyPrompt = `{
  "3": {"inputs": {"seed": 18446744073709551557, "steps": 24, "cfg": 6.5, "sampler_name": "dpmpp_2m", "scheduler": "karras", "denoise": 1.0,
    "model": ["10", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}, "class_type": "KSampler", "_meta": {"title": "KSampler"}},
  "4": {"inputs": {"ckpt_name": "SD15\\\\dreamshaper_8.safetensors"}, "class_type": "CheckpointLoaderSimple"},
  "5": {"inputs": {"width": 640, "height": 512, "batch_size": 1}, "class_type": "EmptyLatentImage"},
  "6": {"inputs": {"text": "a red fox, snow", "clip": ["10", 1]}, "class_type": "CLIPTextEncode"},
  "7": {"inputs": {"text": "blurry", "clip": ["10", 1]}, "class_type": "CLIPTextEncode"},
  "8": {"inputs": {"samples": ["3", 0], "vae": ["4", 2]}, "class_type": "VAEDecode", "is_changed": [NaN]},
  "9": {"inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]}, "class_type": "SaveImage"},
  "10": {"inputs": {"lora_name": "ink.safetensors", "strength_model": 0.8, "strength_clip": 1.0, "model": ["4", 0], "clip": ["4", 1]}, "class_type": "LoraLoader"}
}`

export const comfyWorkflow = `{"last_node_id": 9, "nodes": [
  {"id": 3, "type": "KSampler", "mode": 0, "inputs": [{"name": "model", "type": "MODEL", "link": 1}, {"name": "positive", "link": 4},
    {"name": "negative", "link": 6}, {"name": "latent_image", "link": 2}],
    "widgets_values": [18446744073709551557, "randomize", 24, 6.5, "dpmpp_2m", "karras", 1]},
  {"id": 4, "type": "CheckpointLoaderSimple", "mode": 0, "widgets_values": ["dreamshaper_8.safetensors"]},
  {"id": 5, "type": "EmptyLatentImage", "mode": 0, "widgets_values": [640, 512, 1]},
  {"id": 6, "type": "CLIPTextEncode", "mode": 0, "inputs": [{"name": "clip", "link": 3}], "widgets_values": ["a red fox, snow"]},
  {"id": 7, "type": "CLIPTextEncode", "mode": 0, "inputs": [{"name": "clip", "link": 5}], "widgets_values": ["blurry"]},
  {"id": 8, "type": "VAEDecode", "mode": 0, "inputs": [{"name": "samples", "link": 7}]},
  {"id": 9, "type": "SaveImage", "mode": 0, "inputs": [{"name": "images", "link": 9}], "widgets_values": ["ComfyUI"]}],
  "links": [[1, 4, 0, 3, 0, "MODEL"], [2, 5, 0, 3, 3, "LATENT"], [3, 4, 1, 6, 0, "CLIP"], [4, 6, 0, 3, 1, "CONDITIONING"],
    [5, 4, 1, 7, 0, "CLIP"], [6, 7, 0, 3, 2, "CONDITIONING"], [7, 3, 0, 8, 0, "LATENT"], [9, 8, 0, 9, 0, "IMAGE"]], "version": 0.4}`

const node = (type: string, inputs: Readonly<Record<string, unknown>>) => ({ class_type: type, inputs })

export const comfyCustom = JSON.stringify({
  1: node('SamplerCustomAdvanced', {
    noise: ['2', 0],
    guider: ['3', 0],
    sampler: ['4', 0],
    sigmas: ['5', 0],
    latent_image: ['6', 0],
  }),
  2: node('RandomNoise', { noise_seed: ['12', 0] }),
  3: node('BasicGuider', { model: ['7', 0], conditioning: ['8', 0] }),
  4: node('KSamplerSelect', { sampler_name: 'euler_ancestral' }),
  5: node('BasicScheduler', { scheduler: 'simple', steps: 8, denoise: 1, model: ['7', 0] }),
  6: node('EmptySD3LatentImage', { width: ['13', 0], height: 768, batch_size: 1 }),
  7: node('UNETLoader', { unet_name: 'flux1-dev.safetensors', weight_dtype: 'default' }),
  8: node('ConditioningCombine', { conditioning_1: ['9', 0], conditioning_2: ['10', 0] }),
  9: node('CLIPTextEncode', { text: ['11', 0], clip: ['14', 0] }),
  10: node('CLIPTextEncode', { text: 'in the snow', clip: ['14', 0] }),
  11: node('PrimitiveString', { value: 'a fox' }),
  12: node('PrimitiveInt', { value: 77 }),
  13: node('PrimitiveInt', { value: 1024 }),
  14: node('DualCLIPLoader', { clip_name1: 'a', clip_name2: 'b' }),
  15: node('SaveImage', { images: ['16', 0] }),
  16: node('VAEDecode', { samples: ['1', 0], vae: ['17', 0] }),
})

const pass = (seed: number, steps: number, latents: unknown, sides: readonly [string, string]) =>
  node('KSampler', {
    ...{ seed, steps, cfg: 5, sampler_name: 'dpmpp_sde_gpu', scheduler: 'normal', denoise: 1, model: ['4', 0] },
    ...{ positive: [sides[0], 0], negative: [sides[1], 1], latent_image: latents },
  })

export const comfyTwoPasses = JSON.stringify({
  1: pass(1, 20, ['5', 0], ['20', '20']),
  2: pass(2, 10, ['3', 0], ['21', '21']),
  3: node('LatentUpscale', { samples: ['1', 0], width: 1024, height: 1024 }),
  4: node('CheckpointLoaderSimple', { ckpt_name: 'a.safetensors' }),
  5: node('EmptyLatentImage', { width: 512, height: 512 }),
  20: node('ControlNetApplyAdvanced', {
    positive: ['30', 0],
    negative: ['31', 0],
    control_net: ['40', 0],
    image: ['41', 0],
  }),
  21: node('ControlNetApplyAdvanced', {
    positive: ['32', 0],
    negative: ['31', 0],
    control_net: ['40', 0],
    image: ['41', 0],
  }),
  30: node('CLIPTextEncode', { text: 'first prompt' }),
  31: node('CLIPTextEncode', { text: 'first negative' }),
  32: node('CLIPTextEncode', { text: 'second prompt' }),
  50: node('SaveImage', { images: ['51', 0] }),
  51: node('VAEDecode', { samples: ['2', 0] }),
})

export const invokeMetadata = JSON.stringify({
  ...{ app_version: '4.2.0', generation_mode: 'txt2img', positive_prompt: 'a lighthouse', negative_prompt: 'fog' },
  ...{ width: 768, height: 512, seed: 4242424242, rand_device: 'cuda', cfg_scale: 7.5, steps: 30, clip_skip: 0 },
  ...{ scheduler: 'dpmpp_2m_k', model: { name: 'dreamshaper-8', hash: 'blake3:0011', base: 'sd-1', key: 'x' } },
  loras: [{ model: { name: 'ink', base: 'sd-1' }, weight: 0.75 }],
})

export const invokeOld = JSON.stringify({
  ...{ model: 'stable diffusion', model_weights: 'stable-diffusion-1.5', model_hash: 'cc61', app_version: '2.3.5' },
  image: {
    ...{
      prompt: [{ prompt: 'a castle [fog] on a hill [rain]', weight: 1 }],
      steps: 50,
      cfg_scale: 7.5,
      sampler: 'k_lms',
    },
    ...{ height: 512, width: 512, seed: 3735928559, type: 'txt2img', init_image_path: null },
  },
})

export const invokeDream = '"a castle [fog]" -s 50 -S 3735928559 -W 512 -H 640 -C 7.5 -A k_lms'

export const fooocus = JSON.stringify({
  ...{ adm_guidance: '(1.5, 0.8, 0.3)', base_model: 'juggernautXL_v8.safetensors', base_model_hash: 'aeb7e9e689' },
  ...{ clip_skip: 2, full_negative_prompt: ['ugly'], full_prompt: ['a teapot', 'cinematic'], guidance_scale: 4 },
  ...{ loras: [['sd_xl_offset.safetensors', 0.1, '4852686128']], metadata_scheme: 'fooocus', negative_prompt: 'ugly' },
  ...{
    performance: 'Speed',
    prompt: 'a teapot',
    refiner_model: 'None',
    resolution: '(896, 1152)',
    sampler: 'dpmpp_2m_sde_gpu',
  },
  ...{
    scheduler: 'karras',
    seed: '8652034914237231041',
    sharpness: 2,
    steps: 30,
    styles: "['Fooocus V2']",
    version: 'Fooocus v2.5.5',
  },
})

export const novelAi = {
  Title: 'NovelAI generated image',
  Description: 'a girl',
  Software: 'NovelAI',
  Source: 'NovelAI Diffusion V4.5 1229B44F',
  Comment: JSON.stringify({
    ...{
      prompt: 'a girl',
      steps: 28,
      height: 1216,
      width: 832,
      scale: 5,
      uc: 'lowres',
      seed: 123,
      sampler: 'k_euler_ancestral',
    },
    v4_prompt: { caption: { base_caption: 'a girl', char_captions: [{ char_caption: 'a dog', centers: [] }] } },
  }),
}

export const all: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  comfyPrompt: { prompt: comfyPrompt },
  comfyWorkflow: { workflow: comfyWorkflow },
  comfyCustom: { prompt: comfyCustom },
  comfyTwoPasses: { prompt: comfyTwoPasses },
  invokeMetadata: { invokeai_metadata: invokeMetadata },
  invokeOld: { 'sd-metadata': invokeOld },
  invokeDream: { Dream: invokeDream },
  fooocus: { parameters: fooocus },
  novelAi,
  a1111: {
    parameters:
      'a cat <lora:ink:0.5>\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 64x64',
  },
}
