import { delimiter, join } from 'node:path'
import { isInstalled, markInstalled } from './installed-packages.mjs'
import { projectRoot } from './project-root.mjs'
import { runProgram } from './run-program.mjs'

/**
 * npm's own PATH puts this project's programs first, the pinned Node among them: an install would pull the
 * running Node from under npm's feet.
 *
 * @returns {NodeJS.ProcessEnv}
 */
function installEnvironment() {
  const binaries = join(projectRoot, 'node_modules', '.bin')
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== binaries)
  return { ...process.env, PATH: path.join(delimiter), ONNXRUNTIME_NODE_INSTALL: 'skip' }
}

/**
 * Brings node_modules to what package-lock.json asks for; does nothing when it is there already.
 * npm's words go to stderr, so that a program's own output stays alone on stdout.
 *
 * @throws when npm fails
 */
export async function installMissing() {
  if (isInstalled(projectRoot)) return
  console.error('Installing what is missing (npm ci, once) ...')
  const parameters = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const code = await runProgram('npm', parameters, {
    cwd: projectRoot,
    env: installEnvironment(),
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (code !== 0) {
    throw new Error(`install: npm ci ended with ${code}, expected 0. Check the network, then run the command again.`)
  }
  markInstalled(projectRoot)
}
