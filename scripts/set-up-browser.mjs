import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium } from './find-chromium.mjs'
import { projectRoot } from './project-root.mjs'
import { runProgram } from './run-program.mjs'

/** @returns {boolean} whether a test drives a browser: the studio's stories, and those named *.webgpu.slow.test.ts */
function hasBrowserTests() {
  const tests = join(projectRoot, 'tests')
  if (!existsSync(tests)) return false
  return readdirSync(tests, { recursive: true, encoding: 'utf8' }).some(
    (path) => /^studio[\\/].*\.test\.ts$/.test(path) || path.endsWith('.webgpu.slow.test.ts'),
  )
}

/**
 * Installs Debian's Chromium where tests need a browser and there is none. Best effort: without it those tests say
 * themselves what is missing.
 */
export async function setUpBrowser() {
  if (!hasBrowserTests() || findChromium() !== undefined || !existsSync('/usr/bin/apt-get')) return
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive']
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const step of [
    ['update', '--quiet'],
    ['install', '--yes', '--quiet', '--no-install-recommends', 'chromium'],
  ]) {
    const [program = 'apt-get', ...parameters] = [...asRoot, 'apt-get', ...step]
    const code = await runProgram(program, parameters, { env: environment, stdio: ['ignore', 2, 2] }).catch(() => 1)
    if (code !== 0) return console.error(`set-up: apt-get ${step[0]} ended with ${code}; going on without Chromium.`)
  }
}
