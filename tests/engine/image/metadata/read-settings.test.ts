import { describe, expect, it } from 'vitest'
import { foreignSettingsSchema } from '../../../../engine/contract/image-records.ts'
import { readSettings } from '../../../../engine/image/metadata/read-settings.ts'
import { toForeignSettings } from '../../../../engine/image/metadata/to-foreign-settings.ts'
import type { ForeignRecipe } from '../../../../engine/image/metadata/foreign-recipe.ts'
import * as samples from './samples.ts'

const read = (texts: Readonly<Record<string, string>>): ForeignRecipe | undefined =>
  readSettings(Object.entries(texts).map(([keyword, text]) => ({ keyword, text }))).foreign

/** The values alone, without where they stood. */
const valuesOf = (recipe: ForeignRecipe | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(recipe ?? {}).map(([key, field]: [string, unknown]) => [
      key,
      typeof field === 'object' && field !== null && 'from' in field && 'value' in field ? field.value : field,
    ]),
  )

describe('ComfyUI', () => {
  it('is read from the graph that ran, with the node of everything', () => {
    expect(read({ prompt: samples.comfyPrompt, workflow: samples.comfyWorkflow })).toEqual({
      source: 'comfyui',
      prompt: { value: 'a red fox, snow', from: 'prompt: node 6 (CLIPTextEncode), text' },
      negative: { value: 'blurry', from: 'prompt: node 7 (CLIPTextEncode), text' },
      seed: { value: '18446744073709551557', from: 'prompt: node 3 (KSampler), seed' },
      steps: { value: 24, from: 'prompt: node 3 (KSampler), steps' },
      cfgScale: { value: 6.5, from: 'prompt: node 3 (KSampler), cfg' },
      sampler: { value: 'dpmpp_2m', from: 'prompt: node 3 (KSampler), sampler_name' },
      schedule: { value: 'karras', from: 'prompt: node 3 (KSampler), scheduler' },
      denoise: { value: 1, from: 'prompt: node 3 (KSampler), denoise' },
      model: { value: 'dreamshaper_8', from: 'prompt: node 4 (CheckpointLoaderSimple), ckpt_name' },
      width: { value: 640, from: 'prompt: node 5 (EmptyLatentImage), width' },
      height: { value: 512, from: 'prompt: node 5 (EmptyLatentImage), height' },
      loras: [{ name: 'ink', strength: 0.8 }],
      other: {},
      notes: ['file-names-only'],
    })
  })

  it('is read from the workflow when that is all there is', () => {
    const expected = {
      prompt: 'a red fox, snow',
      negative: 'blurry',
      seed: '18446744073709551557',
      steps: 24,
      cfgScale: 6.5,
    }
    const rest = { sampler: 'dpmpp_2m', schedule: 'karras', model: 'dreamshaper_8', width: 640, height: 512 }
    expect(valuesOf(read({ workflow: samples.comfyWorkflow }))).toMatchObject({ ...expected, ...rest })
  })

  it('is read through custom samplers, guiders, primitives and combined conditionings', () => {
    expect(valuesOf(read({ prompt: samples.comfyCustom }))).toMatchObject({
      prompt: 'a fox, in the snow',
      seed: '77',
      steps: 8,
      sampler: 'euler_ancestral',
      schedule: 'simple',
      model: 'flux1-dev',
      width: 1024,
      height: 768,
      notes: ['prompt-composed', 'file-names-only'],
    })
    expect(read({ prompt: samples.comfyCustom })?.negative).toBeUndefined()
  })

  it('takes the first pass of several, and the right side of a control network', () => {
    expect(valuesOf(read({ prompt: samples.comfyTwoPasses }))).toMatchObject({
      prompt: 'first prompt',
      negative: 'first negative',
      seed: '1',
      steps: 20,
      notes: ['noise-from-gpu', 'several-passes', 'file-names-only', 'control-network'],
    })
  })

  it('says when it started from a picture', () => {
    const recipe = read({ prompt: samples.comfyPrompt.replace('"EmptyLatentImage"', '"VAEEncode"') })
    expect(recipe?.notes).toContain('needs-source-picture')
    expect(recipe?.width).toBeUndefined()
  })

  it.each([
    ['no sampler', '{"1": {"class_type": "SaveImage", "inputs": {}}}'],
    [
      'a loop',
      '{"1": {"class_type": "KSampler", "inputs": {"steps": 3, "positive": ["1", 0], "latent_image": ["1", 0]}}}',
    ],
    ['a list', '[1, 2]'],
    ['no JSON', '{"1": '],
    [
      'names of the language',
      '{"__proto__": {"class_type": "constructor", "inputs": {"__proto__": ["__proto__", 0]}}}',
    ],
    ['nesting without end', '['.repeat(200_000)],
    ['an escape without end', `"${'\\"'.repeat(200_000)}`],
  ])('does not stumble over %s', (_, prompt) => {
    const start = performance.now()
    expect(read({ prompt })?.prompt).toBeUndefined()
    expect(performance.now() - start).toBeLessThan(2000) // linear takes a few ms
  })

  it('walks the largest graph that fits into a text in reasonable time', () => {
    const nodes = Array.from({ length: 20_000 }, (_, i) => [
      i,
      { class_type: 'KSampler', inputs: { steps: 1, positive: [String(i + 1), 0], model: [String(i + 2), 0] } },
    ])
    const start = performance.now()
    read({ prompt: JSON.stringify(Object.fromEntries(nodes)) })
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe('InvokeAI', () => {
  it('is read in the form of version 3 and later', () => {
    expect(valuesOf(read({ invokeai_metadata: samples.invokeMetadata }))).toEqual({
      source: 'invokeai',
      program: '4.2.0',
      prompt: 'a lighthouse',
      negative: 'fog',
      seed: '4242424242',
      steps: 30,
      cfgScale: 7.5,
      sampler: 'dpmpp_2m_k',
      model: 'dreamshaper-8',
      modelHash: 'blake3:0011',
      width: 768,
      height: 512,
      loras: [{ name: 'ink', strength: 0.75 }],
      other: { generation_mode: 'txt2img', rand_device: 'cuda' },
      notes: ['noise-from-gpu', 'file-names-only'],
    })
  })

  it('is read in the form of 1.15 to 2.3, negative prompt in brackets', () => {
    expect(valuesOf(read({ 'sd-metadata': samples.invokeOld, Dream: samples.invokeDream }))).toMatchObject({
      prompt: 'a castle  on a hill',
      negative: 'fog, rain',
      seed: '3735928559',
      steps: 50,
      sampler: 'k_lms',
      model: 'stable-diffusion-1.5',
      notes: ['noise-from-gpu'],
    })
  })

  it('is read from the command line of the first versions', () => {
    expect(valuesOf(read({ Dream: samples.invokeDream }))).toMatchObject({
      prompt: 'a castle',
      negative: 'fog',
      seed: '3735928559',
      steps: 50,
      cfgScale: 7.5,
      sampler: 'k_lms',
      width: 512,
      height: 640,
    })
  })
})

describe('Fooocus', () => {
  it('is read in its own scheme', () => {
    expect(valuesOf(read({ parameters: samples.fooocus, fooocus_scheme: 'fooocus' }))).toMatchObject({
      source: 'fooocus',
      program: 'Fooocus v2.5.5',
      prompt: 'a teapot',
      negative: 'ugly',
      seed: '8652034914237231041',
      steps: 30,
      cfgScale: 4,
      sampler: 'dpmpp_2m_sde_gpu',
      schedule: 'karras',
      model: 'juggernautXL_v8',
      modelHash: 'aeb7e9e689',
      width: 896,
      height: 1152,
      loras: [{ name: 'sd_xl_offset', strength: 0.1, hash: '4852686128' }],
      notes: ['own-sampling', 'noise-from-gpu', 'prompt-expanded', 'file-names-only'],
    })
  })
})

describe('NovelAI', () => {
  it('is read from its texts, and from the JSON that its WebP wraps them in', () => {
    const expected = {
      source: 'novelai',
      program: 'NovelAI',
      prompt: 'a girl, a dog',
      negative: 'lowres',
      seed: '123',
      steps: 28,
      cfgScale: 5,
    }
    expect(valuesOf(read(samples.novelAi))).toMatchObject(expected)
    expect(valuesOf(read({ parameters: JSON.stringify(samples.novelAi) }))).toMatchObject(expected)
  })
})

it('prefers what the program wrote for everybody', () => {
  const parameters = 'a cat\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5'
  expect(read({ prompt: samples.comfyPrompt, parameters })?.source).toBe('a1111')
})

it.each([
  ['out of range', '{"positive_prompt": "x", "seed": -1, "steps": 1e9, "cfg_scale": 1e99, "width": 0, "height": 1.5}'],
  [
    'of the wrong kind',
    '{"positive_prompt": "x", "seed": {}, "steps": [], "cfg_scale": "much", "width": true, "height": null}',
  ],
  ['not numbers', '{"positive_prompt": "x", "seed": NaN, "steps": Infinity, "cfg_scale": -Infinity, "width": NaN}'],
])('leaves out values that are %s', (_, text) => {
  expect(valuesOf(read({ invokeai_metadata: text }))).toEqual({
    source: 'invokeai',
    prompt: 'x',
    loras: [],
    other: {},
    notes: [],
  })
})

it('bounds everything that a stranger wrote', () => {
  const other = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key ${i}`, 'v'.repeat(9000)]))
  const loras = Array.from({ length: 500 }, () => ['l'.repeat(9000), 1, 'h'])
  const recipe = read({
    parameters: JSON.stringify({ base_model: 'm'.repeat(9000), prompt: 'p'.repeat(99_000), loras, ...other }),
  })
  expect(recipe?.prompt?.value).toHaveLength(20_000)
  expect(recipe?.model?.value).toHaveLength(500)
  expect(recipe?.loras).toHaveLength(64)
  expect(Object.values(recipe?.other ?? {}).map(({ length }) => length)).toEqual(
    Array.from({ length: 100 }, () => 2000),
  )
})

it.each(Object.entries(samples.all))('becomes a record that the library takes: %s', (_, texts) => {
  const recipe = read(texts)
  expect(recipe).toBeDefined()
  if (recipe !== undefined) expect(foreignSettingsSchema.parse(toForeignSettings(recipe)).source).toBe(recipe.source)
})
