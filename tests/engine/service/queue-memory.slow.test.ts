import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import type { ContractClient } from '../../../engine/contract/contract-client.ts'
import { toError } from '../../../engine/contract/failure-record.ts'
import type { Job } from '../../../engine/contract/job-records.ts'
import type { GenerateRequestInput } from '../../../engine/contract/records.ts'
import { forkProcess } from '../../../engine/process/fork-process.ts'
import { describeModel } from '../../../engine/service/models/describe-model.ts'
import { describeFailure } from '../../../renderer/text/describe-failure.ts'
import { writeHollowModel } from '../checkpoint/hollow-model.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { somePng } from './some-png.ts'
import { ended, openService } from './temporary-service.ts'

const workerEntry = new URL('../../../engine/worker/worker-process.ts', import.meta.url)

const run = async (window: ContractClient, changes: Partial<GenerateRequestInput>): Promise<Job> => {
  await window.call('queue.pause', {})
  const request = {
    kind: 'generate',
    prompt: 'a cat',
    seed: '10',
    steps: 4,
    width: 64,
    height: 64,
    ...changes,
  } as const
  const { id } = await window.call('jobs.add', { request })
  const end = ended(window, id)
  await window.call('queue.resume', {})
  return end
}

describe('the estimate of a job that starts from a picture and names no size', () => {
  it('is that of the size which it will be drawn at', { timeout: 120_000 }, async () => {
    const forkWorker = () => forkProcess({ file: workerEntry })
    const options = { forkWorker, bundledModelPath: starterModelPath() }
    const { window, service } = await openService(await makeTemporaryFolder(onTestFinished), options)
    onTestFinished(() => service.close())
    const base64 = Buffer.from(somePng(1, [], 256)).toString('base64')
    const { id } = await window.call('images.upload', { name: 'a.png', base64 })
    const needed = async (size: { readonly width?: number; readonly height?: number }): Promise<number> => {
      const request = { kind: 'generate', prompt: 'a cat', image: { source: String(id) }, ...size } as const
      return (await window.call('jobs.estimate', { request })).neededBytes
    }
    expect(await needed({})).toBe(await needed({ width: 256, height: 256 }))
    expect(await needed({})).toBeGreaterThan(await needed({ width: 128, height: 128 }))
    const gone = { kind: 'generate', prompt: 'a cat', image: { source: '99' } } as const
    await expect(window.call('jobs.estimate', { request: gone })).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('SDXL on a small machine', () => {
  it(
    'fails with the size and what helps, before anything is loaded, and the next job runs',
    { timeout: 120_000 },
    async () => {
      const folder = await makeTemporaryFolder(onTestFinished)
      await writeHollowModel(join(folder, 'sdxl'), 'SDXL')
      const forkWorker = () => forkProcess({ file: workerEntry })
      const options = { forkWorker, describeModel, bundledModelPath: starterModelPath() }
      const { window, service } = await openService(await makeTemporaryFolder(onTestFinished), options)
      onTestFinished(() => service.close())
      await window.call('settings.set', { name: 'memory.budgetBytes', value: 4_000_000_000 })
      await window.call('models.addFolder', { path: folder })
      const [sdxl] = await window.call('models.list', {})
      const { failure, ...job } = await run(window, { model: String(sdxl?.id) })
      expect(job).toMatchObject({ state: 'failed', notes: [] })
      const { neededBytes, availableBytes } = failure?.facts ?? {}
      // What the window says.
      const said = failure === null ? undefined : describeFailure(toError(failure), 'en')
      expect(said).toMatchObject({
        key: 'failure.outOfMemoryModel',
        values: {
          needed: expect.stringMatching(/^5\.\d GB$/) as string,
          available: expect.stringMatching(/GB$/) as string,
        },
      })
      // Half-precision weights of the UNet alone are 5.1 GB.
      expect(neededBytes).toBeGreaterThan(5.1e9)
      expect(availableBytes).toBeLessThanOrEqual(4e9)
      expect(await run(window, { width: 128, height: 128, steps: 1 })).toMatchObject({ state: 'done' })
    },
  )
})
