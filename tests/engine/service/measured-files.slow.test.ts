import { cp, mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workerLink } from '../../../engine/cli/worker-link.ts'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { alignRequestSchema } from '../../../engine/contract/align-records.ts'
import type { ContractClient } from '../../../engine/contract/contract-client.ts'
import type { GenerateRequestInput } from '../../../engine/contract/records.ts'
import { readPixels } from '../../../engine/service/pictures/read-pixels.ts'
import { openStudio } from '../../../engine/service/open-studio.ts'
import type { StudioService } from '../../../engine/service/studio-service.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { makeLora } from '../worker/make-lora.ts'
import { ended, openWindow } from './temporary-service.ts'

const prompt = 'a pizza and a lemon on a red background'
const worker = workerLink(() => undefined)

describe('a picture is measured', { timeout: 120_000 }, () => {
  const removals: (() => Promise<void>)[] = []
  let service: StudioService
  let window: ContractClient
  let lora = ''

  const idOf = async (path: string): Promise<string> => {
    const found = (await window.call('models.list', {})).find((row) => row.path === path)
    if (found === undefined) throw new Error(`${path} is not listed`)
    return String(found.id)
  }
  const draw = async (change: Partial<GenerateRequestInput> = {}): Promise<number> => {
    const request = { prompt, seed: '7', steps: 8, sampler: 'ddim', cfgScale: 5, ...change }
    const { id } = await window.call('jobs.add', { request })
    await ended(window, id)
    const { images } = await window.call('images.list', { query: { jobId: id } })
    return images[0]?.id ?? 0
  }
  const values = (words: readonly { readonly score: { readonly value: number } }[] = []): number[] =>
    words.map(({ score }) => score.value)

  beforeAll(async () => {
    const made = await makeTemporaryFolder((done) => removals.push(done))
    const folder = join(made, 'models')
    await mkdir(join(folder, 'other'), { recursive: true })
    for (const part of ['unet', 'vae', 'text_encoder', 'tokenizer', 'scheduler'])
      await symlink(join(starterModelPath(), part), join(folder, 'other', part))
    await cp(join(starterModelPath(), 'model_index.json'), join(folder, 'other', 'model_index.json'))
    lora = join(folder, 'style.safetensors')
    await makeLora(lora, { modelPath: starterModelPath(), wants: ({ component }) => component === 'unet' })
    service = await openStudio(await makeTemporaryFolder((done) => removals.push(done)))
    window = await openWindow(service)
    await window.call('models.addFolder', { path: folder })
  }, 90_000)
  afterAll(async () => {
    await Promise.all([service.close(), worker.close()])
    for (const remove of removals) await remove()
  })

  it('with the LoRAs that it was drawn with, and not at all without them', async () => {
    const imageId = await draw({ loras: [{ id: await idOf('style.safetensors'), strength: 0.5 }] })
    const { measured } = await window.call('alignment.measure', { imageId, words: ['pizza'] })
    const { pixels: image } = await readPixels(service.library, service.codec, String(imageId))
    const words = measured?.report.words.map(({ word }) => word) ?? []
    const asked = { request: alignRequestSchema.parse({ prompt, words }), modelPath: starterModelPath(), image }
    const withIt = await worker.call('align', { ...asked, loras: [{ path: lora, strength: 0.5, textStrength: 0.5 }] })
    const withoutIt = await worker.call('align', asked)
    expect(values(measured?.report.words)).toEqual(values(withIt.report.words))
    expect(values(measured?.report.words)).not.toEqual(values(withoutIt.report.words))

    await rm(lora)
    await window.call('models.rescan', {})
    await expect(window.call('alignment.measure', { imageId, words: ['pizza'] })).rejects.toMatchObject({
      code: 'not-found',
      facts: { found: expect.stringContaining('style.safetensors') as string },
    })
  })

  it('with the model that it was drawn with, whatever the default has become', async () => {
    const before = await draw()
    await window.call('settings.set', { name: 'models.default', value: await idOf('other') })
    const after = await draw()
    const modelOf = async (imageId: number) =>
      (await window.call('alignment.measure', { imageId, words: ['pizza'] })).measured?.model
    expect([await modelOf(before), await modelOf(after)]).toEqual(['starter', 'other'])
    await window.call('settings.set', { name: 'models.default', value: 'starter' })
    expect(await modelOf(after)).toBe('other')
  })
})
