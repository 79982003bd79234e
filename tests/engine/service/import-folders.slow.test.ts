import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hashOf } from '../../../engine/library/image-files.ts'
import { imagePath, libraryFolders, thumbnailPath } from '../../../engine/library/library-folders.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { somePng } from './some-png.ts'
import { openService } from './temporary-service.ts'

describe('importing folders', () => {
  const comfy = JSON.stringify({
    3: { class_type: 'KSampler', inputs: { seed: 42, steps: 25, cfg: 8, sampler_name: 'euler', scheduler: 'normal', denoise: 1, positive: ['6', 0], negative: ['7', 0], model: ['4', 0], latent_image: ['5', 0] } }, // prettier-ignore
    4: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'v1-5.safetensors' } },
    5: { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
    6: { class_type: 'CLIPTextEncode', inputs: { text: 'a misty harbour', clip: ['4', 1] } },
    7: { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['4', 1] } },
  })
  const fooocus = JSON.stringify({ prompt: 'a tall tower', negative_prompt: '', base_model: 'juggernaut', seed: '7', sampler: 'dpmpp_2m_sde_gpu', scheduler: 'karras', guidance_scale: 4, steps: 30, performance: 'Speed', resolution: '(512, 512)', metadata_scheme: 'fooocus', version: 'Fooocus v2.5.0' }) // prettier-ignore
  const cases = [
    ['a1111', [{ keyword: 'parameters', text: 'a red fox\nNegative prompt: ugly\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 99, Size: 512x512, Model hash: abcdef1234, Model: dream' }], { prompt: 'a red fox', negative: 'ugly', seed: '99', steps: 20 }], // prettier-ignore
    ['comfyui', [{ keyword: 'prompt', text: comfy }], { prompt: 'a misty harbour', negative: 'blurry', seed: '42', steps: 25 }], // prettier-ignore
    ['invokeai', [{ keyword: 'invokeai_metadata', text: '{"positive_prompt":"an old bridge","negative_prompt":"","seed":5,"steps":12,"cfg_scale":6,"scheduler":"euler"}' }], { prompt: 'an old bridge', seed: '5', steps: 12 }], // prettier-ignore
    ['fooocus', [{ keyword: 'parameters', text: fooocus }, { keyword: 'fooocus_scheme', text: 'fooocus' }], { prompt: 'a tall tower', seed: '7', steps: 30 }], // prettier-ignore
  ] as const

  it('reads the settings of A1111, ComfyUI, InvokeAI and Fooocus in place, once, and finds them by their words', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const pictures = await makeTemporaryFolder(onTestFinished)
    for (const [index, [source, texts]] of cases.entries()) {
      await mkdir(join(pictures, source))
      await writeFile(join(pictures, source, 'a b.PNG'), somePng(index, texts))
    }
    await writeFile(join(pictures, 'copy.png'), somePng(0, cases[0][1]))
    await writeFile(join(pictures, 'broken.png'), 'no picture')
    await writeFile(join(pictures, 'page.html'), '<html>')
    const before = await signature(pictures)
    const { service, window } = await openService(root)
    onTestFinished(() => service.close())
    expect(await window.call('images.importFolder', { path: pictures })).toEqual({ found: 6, added: 4, unreadable: 1 })
    expect(await window.call('images.importFolder', { path: pictures })).toMatchObject({ added: 0 })
    expect(await signature(pictures)).toEqual(before)
    for (const [source, , expected] of cases) {
      const { images } = await window.call('images.list', { query: { text: expected.prompt } })
      const [details] = await Promise.all(images.map(({ id }) => window.call('images.get', { id })))
      expect(details).toMatchObject({ isInPlace: true, recipe: null, foreign: { source, ...expected } })
    }
  })

  it('erases the row but never the file of a picture in a folder of the user', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const pictures = await makeTemporaryFolder(onTestFinished)
    await writeFile(join(pictures, 'a.png'), somePng(4))
    const { service, window } = await openService(root)
    onTestFinished(() => service.close())
    await window.call('images.importFolder', { path: pictures })
    const { images } = await window.call('images.list', { query: {} })
    const ids = images.map(({ id }) => id)
    await window.call('images.trash', { ids })
    expect(await window.call('images.erase', { ids })).toEqual({ changed: 1 })
    expect(await readFile(join(pictures, 'a.png'))).toEqual(Buffer.from(somePng(4)))
  })

  it('erases every trace of a picture of its own', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const { service, window } = await openService(root)
    onTestFinished(() => service.close())
    const { id } = await window.call('images.upload', { name: 'a.png', base64: base64(somePng(5)) })
    const folders = libraryFolders(root)
    const paths = [imagePath(folders, hashOf(somePng(5)), 'png'), thumbnailPath(folders, hashOf(somePng(5)))]
    await window.call('images.trash', { ids: [id] })
    await window.call('images.erase', { ids: [id] })
    for (const path of paths) await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await window.call('images.upload', { name: 'a.png', base64: base64(somePng(5)) })).toMatchObject({
      isNew: true,
    })
  })

  it.each([
    ['a relative path', () => 'pictures', 'bad-argument'],
    ['a folder that is not there', (root: string) => join(root, 'nothing'), 'not-found'],
    ['a file', (root: string) => join(root, 'library.db'), 'not-found'],
    ["the library's own folder", (root: string) => root, 'refused'],
    ['a folder above the library', (root: string) => dirname(root), 'refused'],
    ['a folder inside the library', (root: string) => join(root, 'images'), 'refused'],
  ])('refuses %s', async (_, path, code) => {
    const root = await makeTemporaryFolder(onTestFinished)
    const { service, window } = await openService(join(root, 'library'))
    onTestFinished(() => service.close())
    await expect(window.call('images.importFolder', { path: path(join(root, 'library')) })).rejects.toMatchObject({ code }) // prettier-ignore
  })

  it('takes in a sibling folder whose name begins like the library', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const sibling = join(root, 'library-pictures')
    await mkdir(sibling)
    await writeFile(join(sibling, 'a.png'), somePng(1))
    const { service, window } = await openService(join(root, 'library'))
    onTestFinished(() => service.close())
    expect(await window.call('images.importFolder', { path: sibling })).toMatchObject({ added: 1 })
  })
})

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** Names, sizes, times and contents of everything in a folder. */
const signature = async (folder: string): Promise<string[]> => {
  const names = await readdir(folder, { recursive: true })
  const lines = await Promise.all(
    names.toSorted().map(async (name) => {
      const facts = await stat(join(folder, name))
      return `${name} ${facts.mtimeMs} ${facts.isFile() ? hashOf(await readFile(join(folder, name))) : ''}`
    }),
  )
  return lines
}
