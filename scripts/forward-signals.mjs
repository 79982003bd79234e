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
 * Hands signals on to a program and leaves it to the program to end; this script ends after it.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void} undoes it; to be called when the program has ended
 */
export function forwardSignals(child) {
  const handlers = signals.map((signal) => ({
    signal,
    forward: () => void (reachesProgramItself(signal) || child.kill(signal)),
  }))
  for (const { signal, forward } of handlers) process.on(signal, forward)
  return () => {
    for (const { signal, forward } of handlers) process.off(signal, forward)
  }
}
