import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { forkProcess } from '../../../../engine/process/fork-process.ts'
import { DeviceWatch, type WatchParts } from '../../../../engine/service/devices/device-watch.ts'

const watches: DeviceWatch[] = []
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.close()
})

const file = new URL('../../worker/devices/dying-process.ts', import.meta.url)

/** A watch over a device whose driver kills the process, and what it tells windows. */
const watchOver = (
  parts: Partial<WatchParts>,
): { readonly watch: DeviceWatch; readonly told: Promise<string>; readonly forks: () => number } => {
  const { promise: told, resolve } = Promise.withResolvers<string>()
  let forks = 0
  const watch = new DeviceWatch({
    fork: () => {
      forks += 1
      return forkProcess({ file, args: ['die'] })
    },
    modelPath: 'nowhere',
    choice: () => 'automatic',
    isIdle: () => true,
    announce: (name, payload) => {
      if (name === 'devices.changed' && 'checked' in payload) resolve(payload.checked)
    },
    onDefect: (error) => {
      throw error
    },
    idleMs: 10,
    ...parts,
  })
  watches.push(watch)
  return { watch, told, forks: () => forks }
}

describe('DeviceWatch', () => {
  it('checks what is unchecked once a job is done, survives the driver, and tells the windows', async () => {
    const { watch, told } = watchOver({})
    watch.jobDone()
    expect(await told).toBe('webgpu')
  })

  it.each<[string, Partial<WatchParts>]>([
    ['while something runs', { isIdle: () => false }],
    ['when the user chose the CPU', { choice: () => 'cpu' }],
  ])('starts no process %s', async (_, parts) => {
    const { watch, forks } = watchOver(parts)
    watch.jobDone()
    await setTimeout(100)
    expect(forks()).toBe(0)
  })

  it('lists devices while nothing was checked yet', async () => {
    const { watch } = watchOver({})
    expect((await watch.list()).devices.map(({ name, state }) => [name, state])).toEqual([['webgpu', 'unchecked']])
  })
})
