/**
 * Before the tests: a Chromium for the studio's stories where there is none. `npm test` takes npm's; a build machine
 * (`--debian`) Debian's, and npm's where that cannot be had.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { findChromium } from '../tests/studio/find-chromium.ts'
import { installChromium, suitsNpmChromium } from './install-chromium.ts'

/** @returns whether it went well; what it says goes to stderr */
function aptGet(...parameters: readonly string[]): boolean {
  const [program, ...before] = process.getuid?.() === 0 ? ['apt-get'] : ['sudo', '--non-interactive', 'apt-get']
  const { status } = spawnSync(program ?? 'apt-get', [...before, ...parameters], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return status === 0
}

const installFromDebian = (): boolean =>
  existsSync('/usr/bin/apt-get') &&
  aptGet('update', '--quiet') &&
  aptGet('install', '--yes', '--quiet', '--no-install-recommends', 'chromium')

async function installFromNpm(): Promise<void> {
  try {
    if (suitsNpmChromium(process)) await installChromium()
  } catch (error) {
    console.error(`set-up: ${error instanceof Error ? error.message : String(error)}`)
  }
}

if (findChromium() === undefined) {
  const isThere = process.argv.includes('--debian') && installFromDebian()
  if (!isThere) await installFromNpm()
  // What then fails, or is skipped (.ci/run counts it as failed), is told by name.
  if (findChromium() === undefined)
    console.error(
      'set-up: found no Chromium and could install none; the stories will fail. ' +
        'Install Chromium or Chrome (on Debian: apt-get install chromium), or name one with CHROMIUM_PATH.',
    )
}
