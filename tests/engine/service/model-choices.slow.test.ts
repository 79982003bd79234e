import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import type { ContractClient } from '../../../engine/contract/contract-client.ts'
import type { ImageDetails } from '../../../engine/contract/image-records.ts'
import type { GenerateRequestInput } from '../../../engine/contract/records.ts'
import { PictureFiles } from '../../../engine/service/pictures/picture-files.ts'
import { readPixels } from '../../../engine/service/pictures/read-pixels.ts'
import { openStudio } from '../../../engine/service/open-studio.ts'
import type { StudioService } from '../../../engine/service/studio-service.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { put, safetensors } from './model-service.ts'
import { nextEvent, openWindow } from './temporary-service.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** The bundled model's VAE, whose last bias is nothing: it decodes to other colours. */
const dimVae = async (): Promise<Buffer> => {
  const bytes = await readFile(join(starterModelPath(), 'vae/diffusion_pytorch_model.safetensors'))
  const length = Number(bytes.readBigUInt64LE(0))
  // A safetensors header is JSON of this form.
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, { data_offsets: [number, number] }>
  const [from, to] = header['decoder.conv_out.bias']?.data_offsets ?? [0, 0]
  return Buffer.from(bytes).fill(0, 8 + length + from, 8 + length + to)
}

describe('a job', { timeout: 120_000 }, () => {
  const removals: (() => Promise<void>)[] = []
  let service: StudioService
  let window: ContractClient
  let folder = ''
  let bytes: Buffer

  const idOf = async (path: string): Promise<string> => {
    const found = (await window.call('models.list', {})).find((row) => row.path === path)
    if (found === undefined) throw new Error(`${path} is not listed`)
    return String(found.id)
  }
  const draw = async (change: Partial<GenerateRequestInput> = {}) => {
    const request = { prompt: 'a cat', seed: '7', steps: 2, sampler: 'ddim', cfgScale: 5, ...change }
    const end = nextEvent(window, 'job.changed', ({ state }) => state === 'done' || state === 'failed')
    const { id } = await window.call('jobs.add', { request })
    const job = await end
    const { images } = await window.call('images.list', { query: { jobId: id } })
    return { job, imageId: images[0]?.id ?? 0 }
  }
  const details = (id: number): Promise<ImageDetails> => window.call('images.get', { id })

  beforeAll(async () => {
    folder = await makeTemporaryFolder((done) => removals.push(done))
    bytes = await dimVae()
    await put(folder, {
      'vae/dim.safetensors': bytes,
      'vae/other.safetensors': bytes,
      'Lora/ink.safetensors': safetensors('lora_unet_mid_block_attentions_0_proj_in.lora_down.weight', [4, 4]),
    })
    await mkdir(join(folder, 'other'))
    for (const part of ['unet', 'vae', 'text_encoder', 'tokenizer', 'scheduler', 'model_index.json'])
      await symlink(join(starterModelPath(), part), join(folder, 'other', part))
    service = await openStudio(await makeTemporaryFolder((done) => removals.push(done)))
    window = await openWindow(service)
    await window.call('models.addFolder', { path: folder })
  }, 90_000)
  afterAll(async () => {
    await service.close()
    for (const remove of removals) await remove()
  })

  it('with another VAE draws another picture; the recipe and the settings in the file name it', async () => {
    const plain = await details((await draw()).imageId)
    const dim = await details((await draw({ vae: await idOf('vae/dim.safetensors') })).imageId)
    expect(plain.recipe?.vae).toBeUndefined()
    expect(dim.recipe?.vae).toEqual({ name: 'dim.safetensors', hash: sha256(bytes) })
    expect(dim.hash).not.toBe(plain.hash)
    const { bytes: file } = await new PictureFiles(service.library, service.codec).read(dim.id, 'original')
    expect(Buffer.from(file).includes(`VAE hash: ${sha256(bytes).slice(0, 10)}, VAE: dim.safetensors`)).toBe(true)
  })

  it('measures its picture with the VAE that it was drawn with, and not at all without it', async () => {
    const { imageId } = await draw({ vae: await idOf('vae/other.safetensors') })
    const measured = await window.call('alignment.measure', { imageId, words: ['cat'] })
    expect(measured.measured?.report.words).toHaveLength(1)
    await rm(join(folder, 'vae/other.safetensors'))
    await window.call('models.rescan', {})
    await expect(window.call('alignment.measure', { imageId, words: ['cat'] })).rejects.toMatchObject({
      code: 'not-found',
      facts: { where: 'VAE', found: 'other.safetensors is not there any more' },
    })
    await writeFile(join(folder, 'vae/other.safetensors'), bytes)
  })

  it('draws with what the user says that the model predicts, and its recipe holds it', async () => {
    const model = await idOf('other')
    const said = { own: 'v_prediction', isAssumed: false, chosen: null }
    expect((await window.call('models.list', {})).find(({ id }) => String(id) === model)?.prediction).toEqual(said)
    const own = await details((await draw({ model })).imageId)
    const changed = nextEvent(window, 'models.changed')
    const row = await window.call('models.choosePrediction', { id: Number(model), prediction: 'epsilon' })
    expect(row.prediction).toEqual({ ...said, chosen: 'epsilon' })
    await changed
    const chosen = await details((await draw({ model })).imageId)
    expect([own.recipe?.prediction, chosen.recipe?.prediction]).toEqual([undefined, 'epsilon'])
    expect(chosen.hash).not.toBe(own.hash)
    const asked = await details((await draw({ model, prediction: 'v_prediction' })).imageId)
    expect(asked.recipe?.prediction).toBe('v_prediction')
    const pixels = await Promise.all(
      [own.id, asked.id].map((id) => readPixels(service.library, service.codec, String(id))),
    )
    expect(pixels[1]?.pixels).toEqual(pixels[0]?.pixels)
    await window.call('models.choosePrediction', { id: Number(model), prediction: null })
  })

  it('is refused by what its VAE is where that is none', async () => {
    const { job } = await draw({ vae: await idOf('Lora/ink.safetensors') })
    expect(job).toMatchObject({
      state: 'failed',
      failure: { code: 'format-unsupported', facts: { where: 'ink.safetensors', expected: 'a VAE' } },
    })
    expect((await draw({ vae: '99999' })).job).toMatchObject({
      state: 'failed',
      failure: { code: 'not-found', facts: { found: 'no model 99999' } },
    })
  })
})
