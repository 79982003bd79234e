import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { allocatorEnvironment } from '../../../../engine/process/allocator-environment.ts'
import { writeMediumNetworks } from './medium-networks.ts'
import type { SessionMemoryReport } from './session-memory-process.ts'

/** What the prediction promises: how far the peak may be from it, either way. */
const largestError = 0.1

/** A session in a process of its own, with the allocator of the worker's. */
const measure = (folder: string, name: string): Promise<SessionMemoryReport> =>
  new Promise((resolve, reject) => {
    const file = join(import.meta.dirname, 'session-memory-process.ts')
    const child = fork(file, [folder, name], {
      env: allocatorEnvironment(),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    child.on('message', (message) => {
      resolve(message as SessionMemoryReport) // Only the process above sends any.
    })
    child.on('close', (code, signal) => {
      reject(new Error(`the process of "${name}" ended with ${signal ?? code ?? 'nothing'}`))
    })
  })

// Only Linux tells a process the peak of its memory and lets it forget it.
describe.skipIf(process.platform !== 'linux')('the memory that a session was reckoned to take', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'attune-memory-'))
    await writeMediumNetworks(folder)
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true }))

  it.each<[name: string, weights: string]>([
    ['unet, copied', 'copied'],
    ['unet in half precision, copied', 'copied'],
    ['unet in half precision, mapped', 'mapped'],
    ['unet with LoRAs', 'copied'],
    ['unet with the gradient of regions', 'copied'],
    ['unet mapped with the gradient of regions', 'mapped'],
    ['unet with what alignment reads', 'copied'],
    ['unet of SDXL in half precision', 'copied'],
    ['vae decoder', 'copied'],
    ['vae encoder', 'copied'],
    ['text encoder', 'mapped'],
    ['text encoder in half precision', 'mapped'],
  ])('of the %s is within a tenth of its peak', { timeout: 120_000 }, async (name, weights) => {
    const { memory, bothRunsBytes } = await measure(folder, name)
    expect(memory.weights).toBe(weights)
    // Reckoned, seen while it loaded and ran once, and over a second run.
    const errors = [memory.measuredBytes, bothRunsBytes].map((seen) => memory.predictedBytes / seen - 1)
    for (const error of errors) expect(Math.abs(error)).toBeLessThanOrEqual(largestError)
  })
})
