/** Before the tests on a build machine: a Chromium for the studio's stories, by apt-get where there is none. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium } from '../tests/studio/find-chromium.ts'
import { projectFiles } from './project-files.ts'

/** The studio's stories, and whatever needs WebGPU. */
const needsBrowser = (path: string): boolean =>
  /^tests\/studio\/.*\.test\.ts$/.test(path) || path.endsWith('.webgpu.slow.test.ts')

/** @returns whether it went well; what it says goes to stderr */
function aptGet(...parameters: readonly string[]): boolean {
  const [program, ...before] = process.getuid?.() === 0 ? ['apt-get'] : ['sudo', '--non-interactive', 'apt-get']
  const { status } = spawnSync(program ?? 'apt-get', [...before, ...parameters], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return status === 0
}

const root = join(import.meta.dirname, '..')
const isMissing = projectFiles(root).some(needsBrowser) && findChromium() === undefined

if (isMissing && existsSync('/usr/bin/apt-get')) {
  const isThere =
    aptGet('update', '--quiet') && aptGet('install', '--yes', '--quiet', '--no-install-recommends', 'chromium')
  // The stories are then skipped, as are the networks on WebGPU, and .ci/run counts what it skips of them as failed.
  if (!isThere) console.error('set-up: apt-get could not install chromium; stories and WebGPU tests will be missed.')
}
