import { readdirSync, readFileSync } from 'node:fs'

/** Memory of a process and all that it started, looked at from outside; Linux only. */
export interface MemoryWatch {
  /** The most that all of them together had resident at one look, in MiB; undefined where the system does not say. */
  readonly peakMiB: () => number | undefined
  readonly stop: () => void
}

const everyMs = 50

/**
 * Looks at a process tree every 50 ms until `stop`.
 *
 * @param pid the process at its root
 */
export function watchMemory(pid: number): MemoryWatch {
  let peakKiB = 0
  const look = (): void => {
    peakKiB = Math.max(peakKiB, residentKiB(pid))
  }
  const timer = setInterval(look, everyMs)
  look()
  return {
    peakMiB: () => (peakKiB === 0 ? undefined : Math.round(peakKiB / 1024)),
    stop: () => {
      clearInterval(timer)
    },
  }
}

/** Sum over the process and its descendants; 0 for one that is gone, or where there is no /proc. */
function residentKiB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const own = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
    return own + childrenOf(pid).reduce((sum, child) => sum + residentKiB(child), 0)
  } catch {
    return 0 // it ended between two looks
  }
}

const childrenOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .split(' ')
      .filter((child) => child !== '')
      .map(Number),
  )
