import { readFileSync, writeFileSync } from 'node:fs'

/** Resident memory of this process. */
export interface ProcessMemory {
  readonly nowBytes: () => number
  /** What of it is this process's own, without the files that are mapped, where the system tells them apart. */
  readonly ownBytes: () => number
  /** Forgets the peak so far, where the system lets a process do that. */
  readonly forgetPeak: () => void
  /** The most since `forgetPeak`; where a peak cannot be forgotten, what is resident now. */
  readonly peakBytes: () => number
}

/** Memory as Linux tells it (with peaks), elsewhere as Node does. */
export const processMemory = (): ProcessMemory => (canForget() ? linuxMemory : nodeMemory)

const linuxMemory: ProcessMemory = {
  nowBytes: () => statusBytes('VmRSS'),
  ownBytes: () => statusBytes('RssAnon'),
  forgetPeak: () => void canForget(),
  peakBytes: () => statusBytes('VmHWM'),
}

const nodeMemory: ProcessMemory = {
  nowBytes: () => process.memoryUsage.rss(),
  ownBytes: () => process.memoryUsage.rss(),
  forgetPeak: () => undefined,
  peakBytes: () => process.memoryUsage.rss(),
}

/** Writing 5 resets VmHWM; false where there is no such file, or this process may not write it. @source proc(5) */
const canForget = (): boolean => {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
    return true
  } catch {
    return false
  }
}

const statusBytes = (name: string): number => {
  const status = readFileSync('/proc/self/status', 'utf8')
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024
}
