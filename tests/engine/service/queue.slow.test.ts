import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ContractClient } from '../../../engine/contract/contract-client.ts'
import type { Job } from '../../../engine/contract/job-records.ts'
import type { GenerateRequestInput } from '../../../engine/contract/records.ts'
import { forkProcess } from '../../../engine/process/fork-process.ts'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { gigabytes } from '../../../engine/runtime/memory/memory-budget.ts'
import { imagePath } from '../../../engine/library/library-folders.ts'
import { readTexts } from '../../../engine/image/png/png-texts.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { ended, nextEvent, openService } from './temporary-service.ts'
import type { OpenService } from './temporary-service.ts'
import { describePicture } from '../../../engine/service/pictures/describe-picture.ts'
import type { ServiceOptions } from '../../../engine/service/studio-service.ts'

const workerEntry = new URL('../../../engine/worker/worker-process.ts', import.meta.url)

const startService = async (changes: Partial<ServiceOptions> = {}): Promise<OpenService> => {
  const open = await openService(await makeTemporaryFolder(onTestFinished), changes)
  onTestFinished(() => open.service.close())
  return open
}

const request = (prompt: string, changes: Partial<GenerateRequestInput> = {}): GenerateRequestInput => ({
  kind: 'generate',
  prompt,
  seed: '10',
  steps: 4,
  width: 64,
  height: 64,
  ...changes,
})

const add = (window: ContractClient, prompt: string, changes: Partial<GenerateRequestInput> = {}): Promise<Job> =>
  window.call('jobs.add', { request: request(prompt, changes) })

const run = async (
  window: ContractClient,
  prompt: string,
  changes: Partial<GenerateRequestInput> = {},
): Promise<Job> => {
  await window.call('queue.pause', {})
  const { id } = await add(window, prompt, changes)
  const end = ended(window, id)
  await window.call('queue.resume', {})
  return end
}

const promptsDone = async (window: ContractClient): Promise<string[]> => {
  const { images } = await window.call('images.list', { query: {} })
  const details = await Promise.all(images.map(({ id }) => window.call('images.get', { id })))
  return details.map(({ recipe }) => recipe?.prompt ?? '').toReversed()
}

describe('a job', () => {
  it('makes its pictures, each announced with file, row and recipe', async () => {
    const { service, window } = await startService()
    const announced = nextEvent(window, 'image.added')
    const job = await run(window, 'a red kettle', { count: 3 })
    expect(job).toMatchObject({ state: 'done', finished: 3, failure: null })
    const { id } = await announced
    const details = await window.call('images.get', { id })
    expect(details).toMatchObject({ jobId: job.id, recipe: { prompt: 'a red kettle', seed: '10' } })
    const file = await readFile(imagePath(service.library.folders, details.hash, 'png'))
    expect(describePicture(readTexts(file)).own).toMatchObject({
      recipe: { seed: '10' },
      origin: { library: service.library.uuid, jobId: job.id, picture: 0 },
    })
    const { images } = await window.call('images.list', { query: { jobId: job.id } })
    const seeds = await Promise.all(images.map(async (image) => (await window.call('images.get', { id: image.id })).recipe?.seed)) // prettier-ignore
    expect(seeds.toSorted()).toEqual(['10', '11', '12'])
  })

  it('tells progress, time left and previews while it runs', async () => {
    const { window } = await startService()
    const progress = nextEvent(window, 'job.progress', ({ done }) => done === 3)
    const preview = nextEvent(window, 'job.preview')
    await run(window, 'a kettle', { steps: 6 })
    expect(await progress).toMatchObject({ done: 3, total: 6, stage: 'denoise', leftMs: expect.any(Number) as number })
    const { width, height, rgb } = await preview
    expect(Buffer.from(rgb, 'base64')).toHaveLength(width * height * 3)
  })

  it('draws a seed once when none is given, and wraps at 2^64', async () => {
    const { window } = await startService()
    const { id } = await add(window, 'x', { seed: undefined })
    expect((await window.call('jobs.get', { id })).request.seed).toMatch(/^\d+$/)
    await run(window, 'wrap', { seed: '18446744073709551615', count: 2 })
    const { images } = await window.call('images.list', { query: { text: 'wrap' } })
    const seeds = await Promise.all(images.map(async (image) => (await window.call('images.get', { id: image.id })).recipe?.seed)) // prettier-ignore
    expect(seeds.toSorted()).toEqual(['0', '18446744073709551615'])
  })

  it('that fails says why and never stops the others', async () => {
    const { window } = await startService()
    await window.call('queue.pause', {})
    const failing = await add(window, 'fail')
    const next = await add(window, 'a kettle')
    const ends = [ended(window, failing.id), ended(window, next.id)]
    await window.call('queue.resume', {})
    expect(await Promise.all(ends)).toMatchObject([
      { state: 'failed', failure: { code: 'numbers-not-finite', facts: { where: 'step 3' } } },
      { state: 'done', failure: null },
    ])
  })

  it('that names a LoRA which is not there, or a path, is not drawn without it', async () => {
    const { window } = await startService()
    for (const id of ['1', '/etc/passwd', '../ink.safetensors']) {
      const job = await run(window, 'x', { loras: [{ id }] })
      expect(job).toMatchObject({ state: 'failed', failure: { code: 'not-found' } })
    }
  })

  it('is drawn with the LoRAs of the library that it names', async () => {
    const folder = await makeTemporaryFolder(onTestFinished)
    await writeFile(join(folder, 'ink.safetensors'), 'as good as any to an analytic worker')
    const { window } = await startService({
      describeModel: async () => ({ kind: 'lora', family: 'sd1', sentence: 'A LoRA.', isUsable: true }),
    })
    await window.call('models.addFolder', { path: folder })
    const [lora] = await window.call('models.list', {})
    await run(window, 'x', { loras: [{ id: String(lora?.id), strength: 0.5 }] })
    const { images } = await window.call('images.list', { query: {} })
    const { recipe } = await window.call('images.get', { id: images[0]?.id ?? 0 })
    expect(recipe?.loras).toMatchObject([{ name: join(folder, 'ink.safetensors'), strength: 0.5 }])
  })

  it('is tried once more at a lower setting when memory ran out, and says so', async () => {
    const { window } = await startService()
    const job = await run(window, 'crowded', { width: 320, height: 320 })
    expect(job).toMatchObject({ state: 'done', notes: ['lower-size 320x320 256x256'], request: { width: 256 } })
  })

  it('fails after the second attempt without memory', async () => {
    const { window } = await startService()
    const job = await run(window, 'crowded', { width: 1024, height: 1024 })
    expect(job).toMatchObject({ state: 'failed', notes: ['lower-size 1024x1024 768x768'], failure: { code: 'out-of-memory' } }) // prettier-ignore
  })

  it(
    'is refused with a number and a size that fits when it cannot, and the next job runs',
    { timeout: 120_000 },
    async () => {
      const forkWorker = () => forkProcess({ file: workerEntry })
      const { window } = await startService({ forkWorker, bundledModelPath: starterModelPath() })
      const budget = 450_000_000
      await window.call('settings.set', { name: 'memory.budgetBytes', value: budget })
      const tooLarge = request('a cat', { width: 2048, height: 1024, steps: 1 })
      const { failure, ...job } = await run(window, 'a cat', tooLarge)
      expect(job).toMatchObject({ state: 'failed', notes: [] })
      const { neededBytes, availableBytes, fittingWidth, fittingHeight, remedy } = failure?.facts ?? {}
      expect(neededBytes).toBeGreaterThan(Number(availableBytes))
      expect(availableBytes).toBeLessThanOrEqual(budget)
      expect(remedy).toBe(`Choose ${fittingWidth as number} x ${fittingHeight as number} or smaller. Or close other apps: ${gigabytes(Number(neededBytes) - Number(availableBytes))} are missing.`) // prettier-ignore
      const smaller = { ...tooLarge, width: Number(fittingWidth), height: Number(fittingHeight) }
      const { fits } = await window.call('jobs.estimate', { request: smaller })
      expect(fits).toBe(true)
      expect(await run(window, 'a cat', { width: 128, height: 128, steps: 1 })).toMatchObject({ state: 'done' })
    },
  )
})

describe('a worker that dies', () => {
  it('fails only its job, after one more try, and the next job runs', async () => {
    const { window } = await startService()
    await window.call('queue.pause', {})
    const dying = await add(window, 'die')
    const next = await add(window, 'a kettle')
    const ends = [ended(window, dying.id), ended(window, next.id)]
    await window.call('queue.resume', {})
    expect(await Promise.all(ends)).toMatchObject([
      { state: 'failed', attempts: 2, notes: ['resumed-after-engine-stopped'], failure: { code: 'engine-stopped' } },
      { state: 'done' },
    ])
  })

  it('is not given the device a second time over which it may have died: the job goes on on the CPU', async () => {
    const { window } = await startService()
    const job = await run(window, 'die-on-device')
    expect(job).toMatchObject({ state: 'done', finished: 1, notes: ['resumed-after-engine-stopped'] })
  })

  it('pauses the queue and keeps the job when it cannot be started at all', async () => {
    const { window } = await startService({
      forkWorker: () => {
        throw new Error('no such program')
      },
    })
    const paused = nextEvent(window, 'queue.changed', ({ reason }) => reason === 'worker-broken')
    const { id } = await add(window, 'x')
    await paused
    expect(await window.call('jobs.get', { id })).toMatchObject({ state: 'waiting' })
  })
})

describe('the queue', () => {
  it('cancels a running job between steps, keeps its finished pictures, and goes on', async () => {
    const { window } = await startService()
    await window.call('queue.pause', {})
    const job = await add(window, 'slow kettle', { count: 3, steps: 100 })
    const next = await add(window, 'next')
    const ends = [ended(window, job.id), ended(window, next.id)]
    const second = nextEvent(window, 'job.progress', ({ picture, done }) => picture === 1 && done === 2)
    await window.call('queue.resume', {})
    await second
    await window.call('jobs.cancel', { id: job.id })
    expect(await Promise.all(ends)).toMatchObject([{ state: 'cancelled', finished: 1 }, { state: 'done' }])
  })

  it('kills the worker on request', async () => {
    const { window } = await startService()
    const begun = nextEvent(window, 'job.progress')
    const { id } = await add(window, 'slow', { steps: 150 })
    const end = ended(window, id)
    await begun
    await window.call('jobs.kill', { id })
    expect(await end).toMatchObject({ state: 'cancelled' })
    expect(await run(window, 'after')).toMatchObject({ state: 'done' })
  })

  it('pauses between two pictures and makes only the missing ones afterwards', async () => {
    const { window } = await startService()
    const first = nextEvent(window, 'image.added')
    const { id } = await add(window, 'slow kettle', { count: 3, steps: 100 })
    await first
    const waiting = nextEvent(window, 'job.changed', (job) => job.id === id && job.state === 'waiting')
    await window.call('queue.pause', {})
    const { finished } = await waiting
    expect(finished).toBeGreaterThan(0)
    expect(finished).toBeLessThan(3)
    const end = ended(window, id)
    await window.call('queue.resume', {})
    expect(await end).toMatchObject({ state: 'done', finished: 3 })
  })

  it('runs by priority, then in the order given, and can be rearranged', async () => {
    const { window } = await startService()
    await window.call('queue.pause', {})
    const ids = new Map<string, number>()
    for (const name of ['a', 'b', 'c', 'd', 'e']) ids.set(name, (await add(window, name)).id)
    const id = (name: string): number => ids.get(name) ?? 0
    await window.call('jobs.move', { id: id('d'), beforeId: id('b') })
    await window.call('jobs.setPriority', { id: id('e'), priority: 5 })
    await window.call('jobs.move', { id: id('a'), beforeId: null })
    await window.call('jobs.add', { request: request('urgent'), isFirst: true })
    await window.call('jobs.cancel', { id: id('c') })
    const listed = (await window.call('jobs.list', { states: ['waiting'] })).map((job) => job.request.prompt)
    expect(listed).toEqual(['e', 'urgent', 'd', 'b', 'a'])
    const end = ended(window, id('a'))
    await window.call('queue.resume', {})
    await end
    expect(await promptsDone(window)).toEqual(listed)
  })

  it('retries a failed job with another request', async () => {
    const { window } = await startService()
    const failed = await run(window, 'fail')
    const end = ended(window, failed.id)
    await window.call('jobs.retry', { id: failed.id, request: request('a kettle') })
    expect(await end).toMatchObject({ id: failed.id, state: 'done', request: { prompt: 'a kettle' } })
  })

  it('refuses to move what runs or has ended', async () => {
    const { window } = await startService()
    const { id } = await run(window, 'x')
    for (const call of [
      window.call('jobs.move', { id, beforeId: null }),
      window.call('jobs.cancel', { id }),
      window.call('jobs.setPriority', { id, priority: 1 }),
    ]) {
      await expect(call).rejects.toMatchObject({ code: 'conflict' })
    }
    await expect(window.call('jobs.get', { id: 999 })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('goes on by itself after a clean end and keeps its pause across restarts', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const first = await openService(root)
    await first.window.call('queue.pause', {})
    const { id } = await add(first.window, 'later')
    await first.service.close()
    const second = await openService(root)
    expect(await second.window.call('queue.state', {})).toMatchObject({ isPaused: true, reason: 'user', waiting: 1 })
    const end = ended(second.window, id)
    await second.window.call('queue.resume', {})
    expect(await end).toMatchObject({ state: 'done' })
    await add(second.window, 'slow', { steps: 150 })
    await nextEvent(second.window, 'job.progress')
    await second.service.close()
    const third = await openService(root)
    await nextEvent(third.window, 'job.progress')
    await third.service.close()
  })
})
