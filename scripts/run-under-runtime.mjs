import { findRuntime } from './find-runtime.mjs'
import { installMissing } from './install-missing.mjs'
import { runProgram } from './run-program.mjs'

/**
 * Installs what is missing, then runs a program under the pinned Node.
 *
 * @param {readonly string[]} parameters the program's path and its own parameters
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code
 */
export async function runUnderRuntime(parameters, options = {}) {
  await installMissing()
  return runProgram(findRuntime(), parameters, options)
}

/**
 * Ends this script with what `work` returns as its exit code; a failure is one line, without a stack.
 *
 * @param {() => Promise<number>} work
 */
export async function exitWith(work) {
  try {
    process.exitCode = await work()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
