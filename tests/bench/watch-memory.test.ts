import { expect, it } from 'vitest'
import { watchMemory } from './watch-memory.ts'

it.runIf(process.platform === 'linux')('sees what this process has resident', () => {
  const watch = watchMemory(process.pid)
  watch.stop()
  const ownMiB = process.memoryUsage.rss() / 2 ** 20
  // The two looks are not at the same moment, and vitest's sibling may be a child: the same order of size will do.
  expect(watch.peakMiB()).toBeGreaterThan(ownMiB / 2)
})

it('knows nothing of a process that is gone', () => {
  const watch = watchMemory(2 ** 30)
  watch.stop()
  expect(watch.peakMiB()).toBeUndefined()
})
