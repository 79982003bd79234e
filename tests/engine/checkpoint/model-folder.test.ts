import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openComponent } from '../../../engine/checkpoint/component-files.ts'
import { isInpainting } from '../../../engine/checkpoint/model-files.ts'
import { openModelFolder } from '../../../engine/checkpoint/model-folder.ts'
import { readTokenizerFiles } from '../../../engine/checkpoint/tokenizer-files.ts'
import { failureOf } from './failure-of.ts'
import { fileOf } from './safetensors-bytes.ts'

const starter = join(import.meta.dirname, '../../../models/starter')
const json = JSON.stringify

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-model-'))
})
afterEach(async () => rm(folder, { recursive: true }))

/** Writes the files of a tree: text and bytes by path. */
const put = async (files: Readonly<Record<string, string | Uint8Array>>): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

/** A small model whose weights are only names: enough for everything that opening checks. */
const smallModel = {
  'model_index.json': json({
    _class_name: 'StableDiffusionPipeline',
    unet: ['diffusers', 'UNet2DConditionModel'],
    vae: ['diffusers', 'AutoencoderKL'],
    text_encoder: ['transformers', 'CLIPTextModel'],
    tokenizer: ['transformers', 'CLIPTokenizer'],
    scheduler: ['diffusers', 'DDIMScheduler'],
  }),
  'unet/config.json': json({ cross_attention_dim: 512 }),
  'unet/diffusion_pytorch_model.safetensors': fileOf({ 'conv_in.weight': [2] }),
  'vae/config.json': json({}),
  'vae/diffusion_pytorch_model.safetensors': fileOf({ a: [2] }),
  'text_encoder/config.json': json({}),
  'text_encoder/model.safetensors': fileOf({ a: [2] }),
  'tokenizer/vocab.json': '{"a": 0}',
  'tokenizer/merges.txt': '#version: 0.2\n',
  'scheduler/scheduler_config.json': '{"_class_name": "DDIMScheduler", "x": -Infinity}',
}

describe('openModelFolder', () => {
  it('opens the bundled model with all its parts', async () => {
    const model = await openModelFolder(starter)
    expect(model).toMatchObject({ layout: 'folder', path: starter, name: 'starter', family: 'custom', assumptions: [] })
    expect(model.unet.weights.get('conv_in.weight')).toMatchObject({
      key: 'conv_in.weight',
      file: join(starter, 'unet/diffusion_pytorch_model.safetensors'),
      byteLength: 64 * 8 * 9 * 2,
      shape: [64, 8, 3, 3],
      dtype: 'float16',
    })
    expect(model.inpaintingUnet?.config.in_channels).toBe(17)
    expect(isInpainting(model)).toBe(false)
    expect(model.textEncoders.map(({ tokenizer }) => tokenizer.config.modelMaxLength)).toEqual([48])
    expect(model.knownWords?.has('airplane')).toBe(true)
    expect(model.segmenter?.config.classes[1]).toBe('cat')
    expect(model.scorer?.config.projection_dim).toBe(128)
    expect(model.attune.captionTemplate).toBe('{article} {}')
  })

  it('opens the Hugging Face cache at the snapshot of refs/main, with links resolved to the blobs', async () => {
    await put(smallModel)
    const repository = join(folder, 'models--author--small')
    const snapshot = join(repository, 'snapshots/0123')
    await mkdir(join(repository, 'blobs'), { recursive: true })
    await mkdir(join(repository, 'refs'))
    await mkdir(join(repository, 'snapshots/9999'), { recursive: true })
    await writeFile(join(repository, 'refs/main'), '0123')
    for (const path of Object.keys(smallModel)) {
      const blob = path.replaceAll('/', '-')
      await mkdir(join(snapshot, path, '..'), { recursive: true })
      await rename(join(folder, path), join(repository, 'blobs', blob))
      await symlink(join(repository, 'blobs', blob), join(snapshot, path))
    }
    const model = await openModelFolder(repository)
    expect(model).toMatchObject({ path: snapshot, name: 'models--author--small' })
    expect(model.unet.checkpoints.map(({ file }) => file)).toEqual([
      join(repository, 'blobs/unet-diffusion_pytorch_model.safetensors'),
    ])
  })

  it.each(['unet', 'vae', 'text_encoder', 'tokenizer', 'scheduler', 'model_index.json'])(
    'names a missing %s',
    async (part) => {
      await put(smallModel)
      await rm(join(folder, part), { recursive: true })
      const { code, facts } = await failureOf(() => openModelFolder(folder))
      expect(code).toBe('model-incomplete')
      expect(facts).toMatchObject({ where: 'model folder', found: `"${part}" is missing`, component: part })
      expect(facts.remedy).toBe('Download this part of the model again.')
    },
  )

  it('opens a model without tokenizer for callers that only ever give token ids', async () => {
    await put(smallModel)
    await rm(join(folder, 'tokenizer'), { recursive: true })
    const { textEncoders } = await openModelFolder(folder, { needsTokenizer: false })
    expect(textEncoders.map(({ tokenizer }) => tokenizer.vocab)).toEqual(['{}'])
  })

  it.each<[string, Record<string, string>, string, RegExp]>([
    [
      'a Flux pipeline',
      { 'model_index.json': json({ _class_name: 'FluxPipeline', transformer: ['a', 'b'] }) },
      'model-unsupported',
      /FluxPipeline/,
    ],
    [
      'text of another width',
      { 'unet/config.json': json({ cross_attention_dim: 768 }) },
      'weight-mismatch',
      /text 512 wide, expected 768/,
    ],
    [
      'a UNet that sees instructions',
      { 'unet/config.json': json({ in_channels: 8, cross_attention_dim: 512 }) },
      'model-unsupported',
      /8 input/,
    ],
  ])('refuses %s', async (_, files, code, message) => {
    await put({ ...smallModel, ...files })
    const failure = await failureOf(() => openModelFolder(folder))
    expect(failure.code).toBe(code)
    expect(failure.message).toMatch(message)
  })

  it('refuses a folder that is not there', async () => {
    await expect(openModelFolder(join(folder, 'none'))).rejects.toMatchObject({ code: 'file-unreadable' })
  })
})

describe('the weights of a component', () => {
  const open = async () => openComponent(join(folder, 'unet'), () => null)
  const index = (map: Record<string, string>): string => json({ metadata: { total_size: 8 }, weight_map: map })
  const shard = (number: number): string => `diffusion_pytorch_model-0000${number}-of-00002.safetensors`

  it('are merged over shards', async () => {
    await put({
      'unet/config.json': '{}',
      'unet/diffusion_pytorch_model.safetensors.index.json': index({ a: shard(1), b: shard(2) }),
      [`unet/${shard(1)}`]: fileOf({ a: [3] }),
      [`unet/${shard(2)}`]: fileOf({ b: [5], c: [1] }),
    })
    const { weights, checkpoints } = await open()
    expect([...weights.values()].map(({ key, file, shape }) => [key, file, shape])).toEqual([
      ['a', join(folder, 'unet', shard(1)), [3]],
      ['b', join(folder, 'unet', shard(2)), [5]],
    ])
    expect(checkpoints).toHaveLength(2)
  })

  it.each<[string, Record<string, Uint8Array>, string]>([
    [
      'full precision before fp16',
      {
        'diffusion_pytorch_model.safetensors': fileOf({ full: [1] }),
        'diffusion_pytorch_model.fp16.safetensors': fileOf({ half: [1] }),
      },
      'full',
    ],
    ['fp16 where nothing else is', { 'diffusion_pytorch_model.fp16.safetensors': fileOf({ half: [1] }) }, 'half'],
    [
      'never the weights without averaging',
      { 'model.fp16.safetensors': fileOf({ half: [1] }), 'model.non_ema.safetensors': fileOf({ raw: [1] }) },
      'half',
    ],
  ])('are %s', async (_, files, key) => {
    await put({
      'unet/config.json': '{}',
      ...Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`unet/${name}`, bytes])),
    })
    expect([...(await open()).weights.keys()]).toEqual([key])
  })

  it.each<[string, Record<string, string | Uint8Array>, string, RegExp]>([
    [
      'a shard is missing',
      { 'model.safetensors.index.json': index({ a: shard(1) }) },
      'model-incomplete',
      /00001-of-00002/,
    ],
    [
      'a shard lacks a key',
      { 'model.safetensors.index.json': index({ b: shard(1) }), [shard(1)]: fileOf({ a: [1] }) },
      'weight-missing',
      /no "b"/,
    ],
    [
      'a shard lies elsewhere',
      { 'model.safetensors.index.json': index({ a: '../other.safetensors' }) },
      'config-invalid',
      /same folder/,
    ],
    ['there are only pickles', { 'diffusion_pytorch_model.bin': 'PK' }, 'file-unsafe', /diffusion_pytorch_model\.bin/],
    ['there are none', {}, 'model-incomplete', /no weights/],
    [
      'there are only some without averaging',
      { 'model.non_ema.safetensors': fileOf({ a: [1] }) },
      'model-incomplete',
      /no weights/,
    ],
    [
      'they are 8-bit floats',
      { 'model.safetensors': fileOf({ a: [1] }, { dtype: 'F8_E4M3' }) },
      'format-unsupported',
      /F8_E4M3/,
    ],
    ['the file is a renamed pickle', { 'model.safetensors': 'PK\x03\x04\x00\x00\x08\x08' }, 'file-unsafe', /zip/],
  ])('are refused when %s', async (_, files, code, message) => {
    await put({
      'unet/config.json': '{}',
      ...Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`unet/${name}`, bytes])),
    })
    const failure = await failureOf(() => open())
    expect(failure.code).toBe(code)
    expect(failure.message).toMatch(message)
  })
})

describe('readTokenizerFiles', () => {
  it('takes vocabulary and merges out of tokenizer.json where only that exists', async () => {
    await put({
      'tokenizer/tokenizer.json': json({
        model: { type: 'BPE', vocab: { a: 0, ab: 1 }, merges: [['a', 'b'], 'ab c'] },
      }),
    })
    expect(await readTokenizerFiles(join(folder, 'tokenizer'))).toMatchObject({
      vocab: '{"a":0,"ab":1}',
      merges: '#version: 0.2\na b\nab c',
    })
  })

  it('refuses a folder without vocabulary', async () => {
    await cp(join(starter, 'tokenizer'), join(folder, 'tokenizer'), { recursive: true })
    await rm(join(folder, 'tokenizer/merges.txt'))
    expect(await readdir(join(folder, 'tokenizer'))).toContain('vocab.json')
    await expect(readTokenizerFiles(join(folder, 'tokenizer'))).rejects.toMatchObject({ code: 'model-incomplete' })
  })
})
