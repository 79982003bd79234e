import { describe, expect, it } from 'vitest'
import { availableMemory, type SystemFacts } from '../../../../engine/runtime/memory/available-memory.ts'

const machine = (platform: NodeJS.Platform, files: Readonly<Record<string, string>>, vmStat?: string): SystemFacts => ({
  platform,
  read: (path) => files[path],
  vmStat: () => vmStat,
  freeBytes: () => 123,
})

const meminfo = 'MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    8000000 kB\n'

describe('availableMemory', () => {
  it.each<[string, SystemFacts, number]>([
    ['what Linux calls available', machine('linux', { '/proc/meminfo': meminfo }), 8_192_000_000],
    [
      'what a container leaves, its caches counted as free',
      machine('linux', {
        '/proc/meminfo': meminfo,
        '/proc/self/cgroup': '0::/app/worker\n',
        '/sys/fs/cgroup/app/worker/memory.max': 'max\n',
        '/sys/fs/cgroup/app/worker/memory.current': '5000\n',
        '/sys/fs/cgroup/app/memory.max': '4000000000\n',
        '/sys/fs/cgroup/app/memory.current': '3000000000\n',
        '/sys/fs/cgroup/app/memory.stat': 'anon 1\ninactive_file 200000000\nactive_file 100000000\n',
      }),
      1_250_000_000,
    ],
    [
      'what a container of the older kind leaves',
      machine('linux', {
        '/proc/meminfo': meminfo,
        '/proc/self/cgroup': '5:cpu,memory:/box\n',
        '/sys/fs/cgroup/memory/box/memory.limit_in_bytes': '2000000000\n',
        '/sys/fs/cgroup/memory/box/memory.usage_in_bytes': '1500000000\n',
      }),
      500_000_000,
    ],
    ['nothing beyond the limit', machine('linux', { '/proc/meminfo': meminfo, '/proc/self/cgroup': '0::/a\n', '/sys/fs/cgroup/a/memory.max': '10\n', '/sys/fs/cgroup/a/memory.current': '20\n' }), 0], // prettier-ignore
    [
      'pages that macOS can free',
      machine(
        'darwin',
        {},
        'Mach Virtual Memory Statistics: (page size of 16384 bytes)\nPages free:  10.\nPages active:  99.\nPages inactive:  5.\nPages speculative:  2.\nPages purgeable:  3.\n',
      ),
      20 * 16384,
    ],
    ['what the system calls free elsewhere', machine('win32', {}), 123],
  ])('is %s', (_, facts, bytes) => {
    expect(availableMemory(facts)).toBe(bytes)
  })
})
