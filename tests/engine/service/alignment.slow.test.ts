import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContractClient } from '../../../engine/contract/contract-client.ts'
import { openStudio } from '../../../engine/service/open-studio.ts'
import type { StudioService } from '../../../engine/service/studio-service.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { ended, openWindow } from './temporary-service.ts'

const prompt = 'a pizza and a lemon on a red background'

describe('the alignment of a picture', { timeout: 90_000 }, () => {
  let removeFolder = async (): Promise<void> => undefined
  let service: StudioService
  let window: ContractClient
  let imageId = 0

  beforeAll(async () => {
    service = await openStudio(await makeTemporaryFolder((done) => (removeFolder = done)))
    window = await openWindow(service)
    const { id } = await window.call('jobs.add', {
      request: { prompt, seed: '7', steps: 12, sampler: 'ddim', cfgScale: 5 },
    })
    await ended(window, id)
    const { images } = await window.call('images.list', { query: { jobId: id } })
    imageId = images[0]?.id ?? 0
  }, 90_000)
  afterAll(async () => {
    await service.close()
    await removeFolder()
  })

  it('is known by its own attention as soon as the picture is there', async () => {
    const { first, measured, estimateMs, isMeasuring } = await window.call('alignment.get', { imageId })
    expect(first.map(({ word }) => word)).toEqual(['pizza', 'lemon', 'red'])
    expect(first.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5)
    expect({ measured, isMeasuring }).toEqual({ measured: null, isMeasuring: false })
    expect(estimateMs).toBeGreaterThan(0)
    const heat = await window.call('alignment.heat', { imageId, word: 'pizza' })
    const bytes = Buffer.from(heat.bytes, 'base64')
    expect({ source: heat.source, length: bytes.length }).toEqual({ source: 'first', length: heat.width * heat.height })
    // A map goes from its own coldest place to its hottest.
    expect([Math.min(...bytes), Math.max(...bytes)]).toEqual([0, 255])
  })

  it('is measured on request, and tells how far it is', async () => {
    const steps: number[] = []
    const stop = window.on('alignment.progress', ({ done }) => steps.push(done))
    const [one, other] = await Promise.all([
      window.call('alignment.measure', { imageId }),
      window.call('alignment.measure', { imageId }),
    ])
    stop()
    // Asked twice, measured once.
    expect(one).toEqual(other)
    expect(steps).toEqual(steps.map((_, i) => i + 1))
    const { words } = one.measured?.report ?? { words: [] }
    expect(words.map(({ word }) => word)).toEqual(['pizza', 'lemon', 'red'])
    for (const { score } of words) expect(score.standardError).toBeGreaterThan(0)
    expect(one.isMeasuring).toBe(false)
    expect((await window.call('alignment.heat', { imageId, word: 'lemon' })).source).toBe('measured')
    expect(await window.call('alignment.get', { imageId })).toEqual(one)
  })

  it('stops being measured between two runs, and keeps what was known', async () => {
    const before = await window.call('alignment.get', { imageId })
    const stop = window.on('alignment.progress', () => void window.call('alignment.cancel', { imageId }))
    await expect(window.call('alignment.measure', { imageId })).rejects.toMatchObject({ code: 'cancelled' })
    stop()
    expect(await window.call('alignment.get', { imageId })).toEqual(before)
  })

  it('is erased with the picture', async () => {
    await window.call('images.trash', { ids: [imageId] })
    await window.call('images.erase', { ids: [imageId] })
    await expect(window.call('alignment.get', { imageId })).rejects.toMatchObject({ code: 'not-found' })
    await expect(window.call('alignment.heat', { imageId, word: 'pizza' })).rejects.toMatchObject({ code: 'not-found' })
  })
})
