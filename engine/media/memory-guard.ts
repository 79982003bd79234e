import { writeSync } from 'node:fs'
import { memoryMark } from './protocol/memory-mark.ts'

const checkEveryMs = 10

/**
 * Runs `work` and kills this process as soon as its resident memory is above the limit. What libvips holds cannot be
 * taken from it, so ending is all that helps; the last words tell the parent why. libvips works on threads of its own,
 * which leaves this one free to watch.
 *
 * @param limitMb  MiB of resident memory
 */
export const guardMemory = async <Result>(limitMb: number, work: Promise<Result>): Promise<Result> => {
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() <= limitMb * 2 ** 20) return
    writeSync(process.stderr.fd, memoryMark)
    process.kill(process.pid, 'SIGKILL')
  }, checkEveryMs)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}
