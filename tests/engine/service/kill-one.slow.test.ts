import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { ContractClient } from '../../../engine/contract/contract-client.ts'
import { openMediaLink } from '../../../engine/media/protocol/media-link.ts'
import { forkProcess } from '../../../engine/process/fork-process.ts'
import { mediaCodec } from '../../../engine/service/media-codec.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { somePng } from './some-png.ts'
import { analyticWorker, ended, nextEvent, openService } from './temporary-service.ts'
import type { OpenService } from './temporary-service.ts'

const kills = 10
const longestAnswerMs = 100

interface Victims extends OpenService {
  readonly workerPid: () => number
  readonly mediaPid: () => number
  readonly root: string
}

const startService = async (): Promise<Victims> => {
  const root = await makeTemporaryFolder(onTestFinished)
  const pids = { worker: 0 }
  const media = { link: openMediaLink() }
  const open = await openService(root, {
    forkWorker: () => {
      const transport = forkProcess({ file: analyticWorker })
      pids.worker = transport.pid ?? 0
      return transport
    },
    openCodec: () => mediaCodec(media.link),
  })
  onTestFinished(() => open.service.close())
  return { ...open, root, workerPid: () => pids.worker, mediaPid: () => media.link.pid() ?? 0 }
}

/** Asks again and again until stopped; gives the longest wait for an answer, ms. */
const keepAsking = (window: ContractClient): (() => Promise<number>) => {
  let isStopped = false
  const run = (async () => {
    let longest = 0
    while (!isStopped) {
      const begun = performance.now()
      await window.call('images.list', { query: {}, limit: 50 })
      longest = Math.max(longest, performance.now() - begun)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return longest
  })()
  return () => {
    isStopped = true
    return run
  }
}

/** Every wait has the bar, one for each kill. */
const expectAnswers = (name: string, waits: readonly number[]): void => {
  const longest = Math.max(...waits)
  console.log(JSON.stringify({ [name]: waits.length, longestAnswerMs: Math.round(longest) }))
  expect(longest).toBeLessThanOrEqual(longestAnswerMs)
}

it(`answers throughout ${kills} kills of the worker, and every job resumes`, { timeout: 300_000 }, async () => {
  const { window, workerPid } = await startService()
  const waits: number[] = []
  for (let kill = 0; kill < kills; kill++) {
    const stopAsking = keepAsking(window)
    const stop = window.on('job.progress', ({ done }) => {
      if (done < 2) return
      stop()
      process.kill(workerPid(), 'SIGKILL')
    })
    // A second and more are left when it is killed.
    const { id } = await window.call('jobs.add', { request: { prompt: 'slow kettle', steps: 60 } })
    expect(await ended(window, id)).toMatchObject({ state: 'done', finished: 1, notes: ['resumed-after-engine-stopped'] }) // prettier-ignore
    waits.push(await stopAsking())
  }
  expectAnswers('workerKills', waits)
})

it(
  `answers throughout ${kills} kills of media, and every job resumes or says why not`,
  { timeout: 300_000 },
  async () => {
    const { window, mediaPid, root } = await startService()
    const pictures = join(root, '..', `${root.split('/').at(-1) ?? ''}-pictures`)
    await mkdir(pictures)
    for (let number = 0; number < 50; number++) await writeFile(join(pictures, `${number}.png`), somePng(number))
    await window.call('jobs.add', { request: { prompt: 'a kettle', steps: 2 } })
    await nextEvent(window, 'image.added')
    const states: string[] = []
    const waits: number[] = []
    for (let kill = 0; kill < kills; kill++) {
      const stopAsking = keepAsking(window)
      const begun = nextEvent(window, 'job.progress')
      const { id } = await window.call('jobs.add', {
        request: { prompt: 'a kettle', steps: 3, width: 1024, height: 1024 },
      })
      const end = ended(window, id)
      await begun
      process.kill(mediaPid(), 'SIGKILL')
      const job = await end
      waits.push(await stopAsking())
      states.push(job.state)
      expect(job.state === 'done' || job.failure?.code === 'engine-stopped').toBe(true)
    }
    console.log(JSON.stringify({ states }))
    expectAnswers('mediaKills', waits)
    expect((await window.call('images.importFolder', { path: pictures })).added).toBe(50)
  },
)
