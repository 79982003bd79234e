import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

interface ForkedLines {
  /** Sees each JSON line that the process says. */
  readonly onLine: (line: Readonly<Record<string, unknown>>) => void
  /** Aborting asks the process to end in good order. */
  readonly signal: AbortSignal
}

/**
 * Runs one of the service's entries, which speak JSON lines, until it ends.
 *
 * @param entry  path of the entry, relative to this folder
 * @returns      its exit code; null when a signal ended it
 */
export const forkJsonLines = (
  entry: string,
  args: readonly string[],
  { onLine, signal }: ForkedLines,
): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const file = fileURLToPath(new URL(entry, import.meta.url))
    const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const stop = (): void => void child.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    createInterface({ input: child.stdout }).on('line', (text) => {
      onLine(JSON.parse(text) as Readonly<Record<string, unknown>>) // our own entry writes one object a line
    })
    child.on('error', reject)
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop)
      resolve(code)
    })
  })

/** What a line says went wrong. */
export const messageOf = (line: Readonly<Record<string, unknown>>): string => {
  const message = line['message']
  return typeof message === 'string' ? message : JSON.stringify(line)
}
