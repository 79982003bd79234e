import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openCheckpoint } from '../../../engine/checkpoint/checkpoint.ts'
import { readTensors } from '../../../engine/checkpoint/read-tensor.ts'
import { writeSafetensors } from '../../../engine/checkpoint/write-safetensors.ts'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { workerLink } from '../../../engine/cli/worker-link.ts'
import type { Prediction } from '../../../engine/machine/denoiser.ts'
import { ndArray, sizeOf } from '../../../engine/tensor/nd-array.ts'
import type { ModelCheck } from '../../../engine/worker/protocol/model-calls.ts'
import { writeEnlargedSd15 } from '../checkpoint/enlarged-single-file.ts'
import { loraFile } from '../checkpoint/recorded-files.ts'
import { fileOf } from '../checkpoint/safetensors-bytes.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'
import { makeLora } from './make-lora.ts'

const worker = workerLink(() => undefined)
afterAll(() => worker.close())
const scratch = useScratchFolders()
const modelPath = starterModelPath()

interface CheckOptions {
  readonly modelPath?: string
  readonly vaePath?: string
  readonly prediction?: Prediction
}
const check = (path: string, others: CheckOptions = {}) => worker.call('checkModel', { path, ...others })
const factOf = ({ facts }: ModelCheck, label: string): string | undefined =>
  facts.find((fact) => fact.label === label)?.value

/** The bundled model with one of its folders replaced. */
const starterWithout = async (component: string): Promise<string> => {
  const folder = scratch()
  const names = ['unet', 'vae', 'text_encoder', 'tokenizer', 'scheduler', 'model_index.json']
  for (const name of names.filter((other) => other !== component)) {
    await symlink(join(modelPath, name), join(folder, name))
  }
  await mkdir(join(folder, component))
  await cp(join(modelPath, component, 'config.json'), join(folder, component, 'config.json'))
  return folder
}

describe('describeModel', () => {
  it.each<[string, string, object]>([
    ['a model', modelPath, { kind: 'diffusers', family: null, isUsable: true }],
    ['a LoRA', loraFile('lora-sdxl/sgm'), { kind: 'lora', family: 'sdxl', isUsable: true }],
    [
      'a DoRA',
      loraFile('lora-dora-refused/dora-in'),
      { isUsable: false, sentence: expect.stringMatching(/^This is a DoRA adapter.*; Attune cannot use it yet\.$/) },
    ],
  ])('says what %s is', async (_, path, expected) => {
    expect(await worker.call('describeModel', { path })).toMatchObject(expected)
  })

  it('refuses what is not there', async () => {
    const path = join(scratch(), 'nothing.safetensors')
    await expect(worker.call('describeModel', { path })).rejects.toMatchObject({ code: 'file-unreadable' })
  })
})

describe('checkModel', () => {
  it('finds every weight of the bundled model', async () => {
    const found = await check(modelPath)
    expect(found.failure).toBeNull()
    expect(found.parts.map(({ name, missing }) => [name, missing])).toEqual([
      ['unet', []],
      ['unet_inpaint', []],
      ['vae', []],
      ['text_encoder', []],
    ])
    expect(factOf(found, 'predicts')).toBe('v_prediction, because scheduler/scheduler_config.json says so')
    expect(factOf(found, 'draws best at')).toBe('128 x 128')
    expect(found.assumptions).toEqual([])
  })

  it('says of a checkpoint in one file what was assumed and why, and what in it is not used', async () => {
    const path = join(scratch(), 'someone.safetensors')
    await writeEnlargedSd15(path)
    const found = await check(path)
    expect(found.failure).toBeNull()
    expect(found.description.sentence).toBe('This is an SD 1.5 checkpoint.')
    expect(found.parts.every(({ missing, weights }) => missing.length === 0 && weights > 50)).toBe(true)
    expect(found.assumptions[0]).toMatchObject({ setting: 'prediction_type', value: 'epsilon (assumed)' })
    expect(found.unused).toContain('model_ema.num_updates')
    expect(factOf(found, 'predicts')).toBeUndefined()
  })

  it('says what the network is taken to predict by choice, and what it would be without', async () => {
    const path = join(scratch(), 'someone.safetensors')
    await writeEnlargedSd15(path)
    const found = await check(path, { prediction: 'v_prediction' })
    expect(factOf(found, 'predicts')).toBe(
      'v_prediction, as you chose; by itself epsilon (assumed), because models of Stable Diffusion 1.x mostly do',
    )
    expect(found.assumptions.map(({ setting }) => setting)).not.toContain('prediction_type')
    expect(factOf(await check(modelPath, { prediction: 'epsilon' }), 'predicts')).toBe(
      'epsilon, as you chose; by itself v_prediction, because scheduler/scheduler_config.json says so',
    )
  })

  it('names every weight that is missing', async () => {
    const path = join(scratch(), 'short.safetensors')
    const gone = ['model.diffusion_model.out.2.bias', 'model.diffusion_model.time_embed.0.bias']
    await writeEnlargedSd15(path, { keeps: (key) => !gone.includes(key) })
    const found = await check(path)
    expect(found.parts[0]?.missing).toEqual(['time_embedding.linear_1.bias', 'conv_out.bias'])
    expect(found.failure).toMatchObject({
      code: 'weight-missing',
      facts: { found: '2 of its weights missing, the first is "time_embedding.linear_1.bias"' },
    })
  })

  it('says that a checkpoint has no VAE, and takes one beside it', async () => {
    const folder = scratch()
    const [bare, vaePath] = [join(folder, 'bare.safetensors'), join(folder, 'vae.safetensors')]
    await writeEnlargedSd15(bare, { keeps: (key) => !key.startsWith('first_stage_model.') })
    await writeEnlargedSd15(vaePath, { keeps: (key) => key.startsWith('first_stage_model.') })
    expect((await check(bare)).failure).toMatchObject({ code: 'model-incomplete', facts: { component: 'vae' } })
    expect((await check(bare, { vaePath })).failure).toBeNull()
    expect(factOf(await check(vaePath, { modelPath: bare, vaePath }), 'fits')).toBe('bare')
  })

  it('names a shard that is missing', async () => {
    const folder = await starterWithout('unet')
    const index = { metadata: {}, weight_map: { 'conv_in.weight': 'model-00002-of-00002.safetensors' } }
    await writeFile(join(folder, 'unet', 'diffusion_pytorch_model.safetensors.index.json'), JSON.stringify(index))
    const { description, failure } = await check(folder)
    expect(description.sentence).toBe(
      'This model is incomplete: the shard "model-00002-of-00002.safetensors" is missing.',
    )
    expect(failure).toMatchObject({ code: 'model-incomplete' })
  })

  it('says that a weight has another shape than the configuration asks for', async () => {
    const folder = await starterWithout('text_encoder')
    const checkpoint = await openCheckpoint(join(modelPath, 'text_encoder', 'model.safetensors'))
    const tensors = new Map(await readTensors(checkpoint, [...checkpoint.tensors.keys()]))
    const [name = ''] = [...tensors.keys()].filter((key) => key.endsWith('final_layer_norm.bias'))
    tensors.set(name, ndArray([3], new Float32Array(3)))
    await writeSafetensors(join(folder, 'text_encoder', 'model.safetensors'), { tensors, metadata: {} })
    expect((await check(folder)).failure).toMatchObject({ code: 'weight-mismatch' })
  })

  it('says how much of a LoRA fits a model', async () => {
    const path = join(scratch(), 'ink.safetensors')
    await makeLora(path, { modelPath, wants: ({ module }) => module.includes('attn2') })
    const found = await check(path, { modelPath })
    expect(found.match).toMatchObject({ model: 'starter', unmatched: [] })
    expect(found.match?.matched).toBe(found.match?.total)
    expect(factOf(found, 'rank')).toBe('4')
    expect(factOf(found, 'alpha')).toBeUndefined()
    expect(factOf(await check(path), 'fits')).toMatch(/not checked/)
  })

  it('says that an alpha in the header is not used where layers have none', async () => {
    const path = join(scratch(), 'bare.safetensors')
    const keys = {
      'lora_unet_conv_in.lora_down.weight': [4, 4, 3, 3],
      'lora_unet_conv_in.lora_up.weight': [16, 4, 1, 1],
    }
    const tensors = new Map(
      Object.entries(keys).map(([key, shape]) => [key, ndArray(shape, new Float32Array(sizeOf(shape)))]),
    )
    await writeSafetensors(path, { tensors, metadata: { ss_network_alpha: '1.0' } })
    expect(factOf(await check(path), 'alpha')).toBe(
      'no layer has one: scale 1; ss_network_alpha 1.0 in the header is not used, as nowhere else',
    )
  })

  it.each<[string, string, string]>([
    ['a LoRA of another architecture', loraFile('lora-sdxl/sgm'), 'weight-mismatch'],
    ['a DoRA', loraFile('lora-dora-refused/dora-out'), 'format-unsupported'],
  ])('says why %s cannot be used', async (_, path, code) => {
    expect((await check(path, { modelPath })).failure?.code).toBe(code)
  })

  it('says whether an embedding fits a model', async () => {
    const path = join(scratch(), 'glow.safetensors')
    const tensors = new Map([['emb_params', ndArray([2, 768], new Float32Array(1536))]])
    await writeSafetensors(path, { tensors, metadata: {} })
    const alone = await check(path)
    expect(alone.failure).toBeNull()
    expect(factOf(alone, 'word for prompts')).toBe('glow')
    expect((await check(path, { modelPath })).failure?.code).toBe('weight-mismatch')
  })

  it('says what Attune can use instead of a ControlNet', async () => {
    const path = join(scratch(), 'control.safetensors')
    await writeFile(path, fileOf({ 'control_model.input_hint_block.0.weight': [8, 3, 3, 3] }))
    const { description, failure } = await check(path)
    expect(description.sentence).toBe('This is a ControlNet; Attune cannot use it yet.')
    expect(failure?.message).toMatch(/expected a model, LoRA, embedding or VAE for Stable Diffusion 1\.x, 2\.x or XL/)
  })

  it('says why a pickle cannot be used', async () => {
    const path = join(scratch(), 'old.ckpt')
    await writeFile(path, Buffer.from([0x80, 2, 0x7d, 0x71, 0, 0x2e, 0, 0]))
    const { description, failure } = await check(path)
    expect(description.sentence).toMatch(/^This is a Python pickle, which can run any program/)
    expect(failure?.code).toBe('file-unsafe')
  })
})
