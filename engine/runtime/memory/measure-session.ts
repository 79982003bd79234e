import type { Session } from '../session.ts'
import { processMemory } from './process-memory.ts'

/**
 * Creates a session and tells, after its first run, the most memory that it made this process hold at one time.
 *
 * @param report  bytes above what was resident before, JavaScript's own heap left out; nothing else may run meanwhile
 */
export const measureSession = async (
  create: () => Promise<Session>,
  report: (peakBytes: number) => void,
): Promise<Session> => {
  const memory = processMemory()
  memory.forgetPeak()
  const before = memory.nowBytes() - heapBytes()
  const session = await create()
  const loadingBytes = memory.peakBytes() - heapBytes() - before
  const heldBytes = memory.nowBytes() - heapBytes() - before
  let isFirst = true
  return {
    ...session,
    run: async (feeds, options) => {
      if (!isFirst) return session.run(feeds, options)
      isFirst = false
      memory.forgetPeak()
      const start = memory.nowBytes()
      const outputs = await session.run(feeds, options)
      report(Math.max(loadingBytes, heldBytes + memory.peakBytes() - start))
      return outputs
    },
  }
}

const heapBytes = (): number => process.memoryUsage().heapTotal
