import { cp, readFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openModel } from '../../../engine/checkpoint/open-model.ts'
import { readWeight } from '../../../engine/checkpoint/read-tensor.ts'
import { writeSafetensors } from '../../../engine/checkpoint/write-safetensors.ts'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { workerLink } from '../../../engine/cli/worker-link.ts'
import { generateRequestSchema, type GenerateRequestInput, type MadePicture } from '../../../engine/contract/records.ts'
import { psnr } from '../../../engine/image/compare.ts'
import type { CallArgs } from '../../../engine/process/call-table.ts'
import type { WorkerCalls } from '../../../engine/worker/protocol.ts'
import { ndArray } from '../../../engine/tensor/nd-array.ts'
import { loraFile } from '../checkpoint/recorded-files.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'
import { makeLora } from './make-lora.ts'

const worker = workerLink(() => undefined)
afterAll(() => worker.close())
const scratch = useScratchFolders()
const modelPath = starterModelPath()

const generate = (
  input: GenerateRequestInput,
  others: Partial<CallArgs<WorkerCalls, 'generate'>> = {},
): Promise<MadePicture> => {
  const request = generateRequestSchema.parse({ prompt: 'a cat', steps: 2, cfgScale: 5, sampler: 'ddim', ...input })
  return worker.call('generate', { request, modelPath, modelHash: null, seed: '7', ...others })
}

const sha256 = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

const isAttention = ({ component, module }: { readonly component: string; readonly module: string }): boolean =>
  component === 'unet' && module.includes('attn')

describe('LoRAs of a job', () => {
  it('change the picture, count with their hash in the recipe, and change nothing at strength 0', async () => {
    const folder = scratch()
    const path = join(folder, 'ink.safetensors')
    await makeLora(path, { modelPath, wants: isAttention })
    const plain = await generate({})
    const inked = await generate({ loras: [{ id: path, strength: 0.8 }] })
    expect(psnr(inked.picture, plain.picture)).toBeLessThan(40)
    expect(inked.recipe.loras).toEqual([
      { name: 'ink.safetensors', hash: await sha256(path), strength: 0.8, textStrength: 0.8 },
    ])
    expect(inked.recipe.notes).toEqual(['loras-prepared: unet rank 8, transformers'])
    const off = await generate({ loras: [{ id: path, strength: 0 }] })
    expect(off.picture).toEqual(plain.picture)
    const again = await generate({ loras: [{ id: path, strength: 0.8 }] })
    expect(again.picture).toEqual(inked.picture)
    expect(again.recipe.notes).toEqual([])
  })

  it('may be named by the prompt, once', async () => {
    const folder = scratch()
    const path = join(folder, 'ink.safetensors')
    await makeLora(path, { modelPath, wants: isAttention })
    const listed = await generate({ loras: [{ id: path, strength: 0.8 }] })
    const named = await generate({ prompt: 'a cat <lora:ink:0.8>' }, { loraFolders: [folder] })
    expect(named.picture).toEqual(listed.picture)
    expect(named.recipe.loras).toEqual(listed.recipe.loras)
    const both = await generate(
      { prompt: 'a cat <lora:ink:0.3> <lora:nowhere:1>', loras: [{ id: path, strength: 0.8 }] },
      { loraFolders: [folder] },
    )
    expect(both.picture).toEqual(listed.picture)
    expect(both.recipe.notes).toEqual(['lora-named-twice: ink', 'lora-not-found: nowhere'])
  })

  it('have a strength of their own for the text', async () => {
    const path = join(scratch(), 'words.safetensors')
    await makeLora(path, { modelPath, wants: ({ component }) => component === 'text_encoder' })
    const plain = await generate({})
    const off = await generate({ loras: [{ id: path, strength: 1, textStrength: 0 }] })
    expect(off.picture).toEqual(plain.picture)
    const on = await generate({ loras: [{ id: path, strength: 0, textStrength: 1 }] })
    expect(on.picture).not.toEqual(plain.picture)
  })

  it('for part of which the model has no place are used, and what is left out is named', async () => {
    const folder = scratch()
    const [whole, path] = [join(folder, 'whole.safetensors'), join(folder, 'half.safetensors')]
    await makeLora(whole, { modelPath, wants: isAttention })
    const tensors = new Map([
      ['lora_unet_conv_in.lora_down.weight', ndArray([2, 8, 3, 3], new Float32Array(144).fill(0.1))],
      ['lora_unet_conv_in.lora_up.weight', ndArray([64, 2, 1, 1], new Float32Array(128).fill(0.1))],
      ['lora_unet_nowhere.lora_down.weight', ndArray([2, 64], new Float32Array(128))],
      ['lora_unet_nowhere.lora_up.weight', ndArray([64, 2], new Float32Array(128))],
    ])
    const [down] = (await openModel(modelPath)).unet.weights.get('conv_in.weight')?.shape ?? []
    tensors.set('lora_unet_conv_in.lora_up.weight', ndArray([down ?? 0, 2, 1, 1], new Float32Array((down ?? 0) * 2)))
    await writeSafetensors(path, { tensors, metadata: {} })
    const { recipe } = await generate({ loras: [{ id: path }] })
    expect(recipe.notes).toContain('lora-partly: half: 1 of 2 layers, without lora_unet_nowhere')
  })

  it.each<[string, string, string, RegExp]>([
    ['of another architecture', 'lora-sdxl/sgm', 'weight-mismatch', /made for another kind of model/],
    ['that is a DoRA', 'lora-dora-refused/dora-in', 'format-unsupported', /DoRA, for example ".*dora_scale"/],
  ])('are refused: one %s', async (_, file, code, message) => {
    await expect(generate({ loras: [{ id: loraFile(file) }] })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    })
  })

  it('of a job are gone with the next one', async () => {
    const path = join(scratch(), 'ink.safetensors')
    await makeLora(path, { modelPath, wants: isAttention })
    const plain = await generate({})
    await generate({ loras: [{ id: path }] })
    expect((await generate({})).picture).toEqual(plain.picture)
  })

  it('in the negative prompt and beyond all strengths are said to be so', async () => {
    const { recipe } = await generate({ negative: '<lora:ink:1> blurry' })
    expect(recipe.notes).toContain('lora-in-negative: ink')
    const folder = scratch()
    await makeLora(join(folder, 'ink.safetensors'), { modelPath, wants: isAttention })
    await expect(generate({ prompt: 'a cat <lora:ink:11>' }, { loraFolders: [folder] })).rejects.toMatchObject({
      code: 'prompt-invalid',
    })
  })
})

describe('textual inversions of a job', () => {
  /** The model's own vector of "dog": a prompt with this embedding must draw a dog. */
  const dogVector = async (): Promise<{ readonly vector: Float32Array; readonly width: number }> => {
    const [tower] = (await openModel(modelPath)).textEncoders
    const view =
      tower?.weights.get('text_model.embeddings.token_embedding.weight') ??
      tower?.weights.get('embeddings.token_embedding.weight')
    if (tower === undefined || view === undefined) throw new Error('the model has no token embedding')
    const vocabulary = JSON.parse(tower.tokenizer.vocab) as Record<string, number> // CLIP's own form
    const { shape, data } = await readWeight(view)
    const width = shape[1] ?? 0
    const id = vocabulary['dog</w>'] ?? Number.NaN
    return { vector: data.slice(id * width, (id + 1) * width), width }
  }

  it('stand for the words they were made from, and are named in the recipe', async () => {
    const folder = scratch()
    const { vector, width } = await dogVector()
    const path = join(folder, 'rex.safetensors')
    await writeSafetensors(path, { tensors: new Map([['emb_params', ndArray([1, width], vector)]]), metadata: {} })
    const dog = await generate({ prompt: 'a dog on a meadow' })
    const rex = await generate({ prompt: 'a rex on a meadow' }, { embeddingPlaces: [folder] })
    // The same numbers by another way: pixels may differ by rounding.
    expect(psnr(rex.picture, dog.picture)).toBeGreaterThan(60)
    expect(rex.recipe.embeddings).toEqual([{ name: 'rex.safetensors', hash: await sha256(path) }])
    expect(rex.recipe.notes).toEqual([])
    const comfy = await generate({ prompt: 'a embedding:rex on a meadow' }, { embeddingPlaces: [path] })
    expect(comfy.picture).toEqual(rex.picture)
    const unnamed = await generate({ prompt: 'a dog on a meadow' }, { embeddingPlaces: [folder] })
    expect(unnamed.picture).toEqual(dog.picture)
    expect(unnamed.recipe.embeddings).toBeUndefined()
  })

  it('of another width are read as words, and that is said', async () => {
    const folder = scratch()
    const tensors = new Map([['emb_params', ndArray([1, 768], new Float32Array(768))]])
    await writeSafetensors(join(folder, 'cat.safetensors'), { tensors, metadata: {} })
    const plain = await generate({})
    const { picture, recipe } = await generate({}, { embeddingPlaces: [folder] })
    expect(picture).toEqual(plain.picture)
    expect(recipe.notes).toEqual(['embedding-of-other-model: cat (768 wide)'])
  })
})

describe('files of a job', () => {
  it("draw the same with the model's own VAE in a file of its own, named in the recipe", async () => {
    const path = join(scratch(), 'soft.safetensors')
    await cp(join(modelPath, 'vae/diffusion_pytorch_model.safetensors'), path)
    const plain = await generate({})
    const other = await generate({}, { vaePath: path })
    expect(other.picture).toEqual(plain.picture)
    expect(other.recipe.vae).toEqual({ name: 'soft.safetensors', hash: await sha256(path) })
    expect(plain.recipe.vae).toBeUndefined()
  })

  it("put the hash of the model's weights into the recipe, or the one that is known already", async () => {
    const { recipe } = await generate({})
    const weights = join(modelPath, 'unet/diffusion_pytorch_model.safetensors')
    expect(recipe.model).toEqual({ name: 'starter', hash: await sha256(weights) })
    const known = 'a'.repeat(64)
    expect((await generate({}, { modelHash: known })).recipe.model.hash).toBe(known)
  })
})
