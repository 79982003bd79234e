import { execFileSync } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { hashOf } from '../../../engine/library/image-files.ts'
import { imagePath } from '../../../engine/library/library-folders.ts'
import { findDatabaseFaults } from '../../../engine/library/verify-database.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { ended, nextEvent, openService } from './temporary-service.ts'

/** Mounts a file system of 24 MB. */
const mountSmall = (folder: string): (() => void) => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' })
  return () => {
    execFileSync('umount', ['-l', folder], { stdio: 'ignore' })
  }
}

/** Only Linux has tmpfs, and only root may mount one. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0

it.runIf(canMount)(
  'survives a full disk: nothing corrupt, a clear message, and goes on without a restart',
  { timeout: 120_000 },
  async () => {
    const folder = await makeTemporaryFolder(onTestFinished)
    onTestFinished(mountSmall(folder))
    const { service, window } = await openService(folder)
    onTestFinished(() => service.close())
    const ballast = join(folder, 'ballast')
    const made: number[] = []
    window.on('image.added', ({ id }) => made.push(id))
    const { id } = await window.call('jobs.add', { request: { prompt: 'a kettle', seed: '1', steps: 1, width: 512, height: 512, count: 256 } }) // prettier-ignore
    await nextEvent(window, 'image.added')
    const paused = nextEvent(window, 'queue.changed', ({ reason }) => reason === 'disk-full')
    await writeFile(ballast, Buffer.alloc(2 ** 20))
    await fill(ballast)
    expect(await paused).toMatchObject({ isPaused: true, reason: 'disk-full' })
    expect(await window.call('jobs.list', { states: ['failed', 'cancelled'] })).toEqual([])
    expect(findDatabaseFaults(service.library.database)).toEqual([])
    await expect(writeMuch(window)).rejects.toMatchObject({ code: 'disk-full' })
    for (const imageId of made) {
      const { hash } = await window.call('images.get', { id: imageId })
      expect(hashOf(await readFile(imagePath(service.library.folders, hash, 'png')))).toBe(hash)
    }
    const before = made.length
    await rm(ballast)
    await window.call('queue.resume', {})
    await nextEvent(window, 'image.added')
    expect(made.length).toBeGreaterThan(before)
    const end = ended(window, id)
    await window.call('jobs.cancel', { id })
    expect(await end).toMatchObject({ state: 'cancelled' })
    expect(findDatabaseFaults(service.library.database)).toEqual([])
  },
)

/** Writes until the disk says no, leaving not a page. */
const fill = async (path: string): Promise<void> => {
  for (const size of [2 ** 20, 2 ** 16, 4096]) {
    for (;;) {
      try {
        await writeFile(path, Buffer.alloc(size), { flag: 'a' })
      } catch {
        break
      }
    }
  }
}

/** Blobs go into the database itself: more than is left of any page. */
const writeMuch = async (window: Awaited<ReturnType<typeof openService>>['window']): Promise<void> => {
  for (let number = 0; number < 64; number++) {
    await window.call('documents.putBlob', { base64: Buffer.alloc(2 ** 20, number).toString('base64') })
  }
}
