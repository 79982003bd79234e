import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** Signals that are for the program, not for the script that started it. @type {readonly NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * A terminal's Ctrl-C reaches every process on it by itself; handed on, it would look like a second one.
 *
 * @param {NodeJS.Signals} signal
 * @returns {boolean}
 */
const reachesProgramItself = (signal) =>
  signal === 'SIGINT' && [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)

/**
 * Runs a program on this terminal, hands signals on to it and waits for its end.
 *
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {import('node:child_process').SpawnOptions} [options] defaults to the terminal's own stdin, stdout and stderr
 * @returns {Promise<number>} its exit code; 128 + the signal's number when a signal ended it, as a shell says it
 * @throws when the program cannot be started
 */
export function runProgram(command, parameters, options = {}) {
  const child = spawn(command, [...parameters], { stdio: 'inherit', ...options })
  const handlers = signals.map((signal) => ({
    signal,
    forward: () => void (reachesProgramItself(signal) || child.kill(signal)),
  }))
  for (const { signal, forward } of handlers) process.on(signal, forward)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      for (const { signal, forward } of handlers) process.off(signal, forward)
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal])
    })
  })
}
