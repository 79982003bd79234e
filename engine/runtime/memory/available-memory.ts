import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { freemem, platform } from 'node:os'
import { posix } from 'node:path'

/** What is asked of the system; tests answer for other machines. */
export interface SystemFacts {
  readonly platform: NodeJS.Platform
  /** The text of a system file, undefined where there is none. */
  readonly read: (path: string) => string | undefined
  /** What `vm_stat` prints on macOS. */
  readonly vmStat: () => string | undefined
  /** What the system itself calls free, in bytes. */
  readonly freeBytes: () => number
}

/**
 * Bytes that this process may still take without pushing others out of memory: what is free or easily freed, and no more
 * than its container leaves it. `os.freemem` knows neither caches nor limits.
 */
export const availableMemory = (facts: SystemFacts = thisSystem()): number => {
  if (facts.platform === 'linux') {
    const system = meminfoBytes(facts, 'MemAvailable') ?? facts.freeBytes()
    return Math.max(0, Math.min(system, ...controlGroupBytes(facts)))
  }
  if (facts.platform === 'darwin') return vmStatBytes(facts.vmStat() ?? '') ?? facts.freeBytes()
  return facts.freeBytes()
}

const thisSystem = (): SystemFacts => ({
  platform: platform(),
  read: (path) => quietly(() => readFileSync(path, 'utf8')),
  vmStat: () => quietly(() => execFileSync('/usr/bin/vm_stat', { encoding: 'utf8', timeout: 2000 })),
  freeBytes: freemem,
})

/** A system without this file or program is an ordinary one. */
const quietly = (read: () => string): string | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

const meminfoBytes = ({ read }: SystemFacts, name: string): number | undefined => {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(read('/proc/meminfo') ?? '')?.[1]
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
}

/** What each limit between this process and the root of its control groups (version 2 or 1) leaves. */
const controlGroupBytes = (facts: SystemFacts): readonly number[] => {
  const groups = facts.read('/proc/self/cgroup') ?? ''
  const second = /^0::(.*)$/m.exec(groups)?.[1]
  const first = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1]
  return [
    ...ancestors(second).flatMap((path) => leftOfGroup(facts, posix.join('/sys/fs/cgroup', path), version2)),
    ...ancestors(first).flatMap((path) => leftOfGroup(facts, posix.join('/sys/fs/cgroup/memory', path), version1)),
  ]
}

interface GroupFiles {
  readonly limit: string
  readonly used: string
  /** Names of the two sorts of cached files in `memory.stat`. */
  readonly caches: readonly [inactive: string, active: string]
}

const version2: GroupFiles = { limit: 'memory.max', used: 'memory.current', caches: ['inactive_file', 'active_file'] }
const version1: GroupFiles = {
  limit: 'memory.limit_in_bytes',
  used: 'memory.usage_in_bytes',
  caches: ['total_inactive_file', 'total_active_file'],
}

/** `/a/b` → `/a/b`, `/a`, `/`. */
const ancestors = (path: string | undefined): readonly string[] => {
  if (path === undefined) return []
  return path === '/' ? ['/'] : [path, ...ancestors(posix.dirname(path))]
}

const leftOfGroup = ({ read }: SystemFacts, folder: string, { limit, used, caches }: GroupFiles): readonly number[] => {
  const limitBytes = Number(read(posix.join(folder, limit)) ?? 'max')
  const usedBytes = Number(read(posix.join(folder, used)) ?? NaN)
  if (!Number.isFinite(limitBytes) || !Number.isFinite(usedBytes)) return []
  const stat = read(posix.join(folder, 'memory.stat')) ?? ''
  const [inactive, active] = caches.map((name) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0))
  // Half of the files in use can go without harm, as the kernel reckons for MemAvailable.
  return [limitBytes - usedBytes + (inactive ?? 0) + (active ?? 0) / 2]
}

/** macOS: free, inactive, speculative and purgeable pages. */
const vmStatBytes = (text: string): number | undefined => {
  const pageBytes = /page size of (\d+) bytes/.exec(text)?.[1]
  if (pageBytes === undefined) return undefined
  const pages = ['free', 'inactive', 'speculative', 'purgeable'].map((name) =>
    Number(new RegExp(`^Pages ${name}:\\s+(\\d+)\\.$`, 'm').exec(text)?.[1] ?? 0),
  )
  return Number(pageBytes) * pages.reduce((sum, count) => sum + count, 0)
}
