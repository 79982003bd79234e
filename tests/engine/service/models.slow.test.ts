import { mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readExtraModelPaths } from '../../../engine/service/models/extra-model-paths.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { put, safetensors, startService } from './model-service.ts'

const pickle = Buffer.concat([Buffer.from([0x80, 2]), Buffer.from('}q.')])

describe('model folders', () => {
  it('of A1111 are read in place, every file explained, pickles never opened', async () => {
    const folder = await makeTemporaryFolder(onTestFinished)
    await put(folder, {
      'Stable-diffusion/dream.SAFETENSORS': safetensors('model.diffusion_model.input_blocks.0.0.weight'),
      'Stable-diffusion/old.ckpt': pickle,
      'Stable-diffusion/disguised.safetensors': pickle,
      'Lora/style.safetensors': safetensors('lora_unet_mid_block_attentions_0_proj_in.lora_down.weight', [4, 4]),
      'Lora/style.preview.png': 'not a model',
      'notes.onnx': 'never listed',
    })
    const before = await names(folder)
    const { window } = await startService()
    expect(await window.call('models.addFolder', { path: folder })).toMatchObject([{ layout: 'a1111', isOnline: true }])
    const models = await window.call('models.list', {})
    expect(models.map(({ path, kind }) => [path, kind])).toEqual([
      ['Stable-diffusion/disguised.safetensors', 'checkpoint'],
      ['Stable-diffusion/dream.SAFETENSORS', expect.any(String)],
      ['Stable-diffusion/old.ckpt', 'checkpoint'],
      ['Lora/style.safetensors', 'lora'],
    ])
    const [disguised, , old] = models
    for (const model of [disguised, old]) {
      expect(model?.isUsable).toBe(false)
      expect(model?.sentence).toContain('never opens it')
    }
    expect(models.every(({ sentence }) => sentence.length > 10)).toBe(true)
    expect(await names(folder)).toEqual(before)
  })

  it('of the Hugging Face cache and of diffusers count one model per folder, links followed once', async () => {
    const cache = await makeTemporaryFolder(onTestFinished)
    const snapshot = 'models--runwayml--sd/snapshots/abc'
    await put(cache, {
      'models--runwayml--sd/blobs/1': safetensors('conv_in.weight'),
      [`${snapshot}/model_index.json`]: '{}',
    })
    await mkdir(join(cache, snapshot, 'unet'))
    await symlink('../../../blobs/1', join(cache, snapshot, 'unet', 'diffusion_pytorch_model.safetensors'))
    await symlink(cache, join(cache, 'loop'))
    const { window } = await startService()
    expect(await window.call('models.addFolder', { path: cache })).toMatchObject([{ layout: 'hugging-face' }])
    expect(await window.call('models.list', {})).toMatchObject([{ path: snapshot, name: 'runwayml/sd' }])
  })

  it('named by extra_model_paths.yaml are all added', async () => {
    const base = await makeTemporaryFolder(onTestFinished)
    await put(base, {
      'models/loras/a.safetensors': safetensors('x'),
      'more/b.safetensors': safetensors('x'),
      'other/c.safetensors': safetensors('x'),
      'extra_model_paths.yaml': `comfyui:\n  base_path: ${base}\n  is_default: true\n  loras: |\n    models/loras\n    more\n  custom_nodes: other\nbroken: 5\n`,
    })
    const { window } = await startService()
    await window.call('models.addFolder', { path: join(base, 'extra_model_paths.yaml') })
    expect((await window.call('models.list', {})).map(({ path }) => path)).toEqual(['a.safetensors', 'b.safetensors'])
  })

  it('that hold hostile names list them as plain text', async () => {
    const folder = await makeTemporaryFolder(onTestFinished)
    const hostile = ['<img src=x onerror=alert(1)>.safetensors', '";alert(1)__.safetensors', '{{7*7}}.safetensors']
    await put(
      folder,
      Object.fromEntries([...hostile, 'line\nbreak.safetensors'].map((name) => [name, safetensors('x')])),
    )
    const { window } = await startService()
    await window.call('models.addFolder', { path: folder })
    expect((await window.call('models.list', {})).map(({ path }) => path).toSorted()).toEqual(hostile.toSorted())
  })

  it('are watched: a file that is copied in appears, one that goes is missing', async () => {
    const folder = await makeTemporaryFolder(onTestFinished)
    const { window } = await startService(true)
    await window.call('models.addFolder', { path: folder })
    let told = 0
    window.on('models.changed', () => told++)
    const listed = () => window.call('models.list', {})
    await put(folder, { 'new.safetensors': safetensors('x') })
    await expect.poll(listed).toMatchObject([{ name: 'new.safetensors', isMissing: false }])
    await expect.poll(() => told).toBeGreaterThan(0)
    const before = told
    await rm(join(folder, 'new.safetensors'))
    await expect.poll(listed).toMatchObject([{ name: 'new.safetensors', isMissing: true }])
    await expect.poll(() => told).toBeGreaterThan(before)
  })

  it.each([
    ['a list', '- a', 'file-malformed'],
    ['broken yaml', 'a: [', 'file-malformed'],
    ['a page of aliases', `a: &a [x,x]\nb: [*a,*a]`, 'file-malformed'],
  ])('refuse a file with %s', (_, text, code) => {
    expect(() => readExtraModelPaths(text, '/x/extra_model_paths.yaml')).toThrowError(expect.objectContaining({ code }))
  })
})

const names = async (folder: string): Promise<string[]> => (await readdir(folder, { recursive: true })).toSorted()
