import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { forwardSignals } from './forward-signals.mjs'

/**
 * Waits for a program's end, handing signals on to it meanwhile.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} its exit code; 128 + the signal's number when a signal ended it, as a shell says it
 * @throws when the program cannot be started
 */
export function endOf(child) {
  const stopForwarding = forwardSignals(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      stopForwarding()
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal])
    })
  })
}

/**
 * Runs a program on this terminal, hands signals on to it and waits for its end.
 *
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {import('node:child_process').SpawnOptions} [options] defaults to the terminal's own stdin, stdout and stderr
 * @returns {Promise<number>} its exit code, as `endOf` says it
 * @throws when the program cannot be started
 */
export const runProgram = (command, parameters, options = {}) =>
  endOf(spawn(command, [...parameters], { stdio: 'inherit', ...options }))
