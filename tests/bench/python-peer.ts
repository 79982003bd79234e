import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * The Python that peers run under: `PYTHON`, else python3, when it has the given modules.
 *
 * @returns undefined when there is none; the benchmark then goes on without its peer
 */
export async function findPython(modules: readonly string[]): Promise<string | undefined> {
  const python = process.env['PYTHON'] ?? 'python3'
  try {
    await run(python, ['-c', `import ${modules.join(', ')}`])
    return python
  } catch {
    return undefined // no such program, or it lacks a module: either way there is no peer
  }
}

/**
 * Runs tests/bench/peer/<script> to its end.
 *
 * @param python     from `findPython`
 * @param parameters handed to the script
 * @returns the JSON object that it prints as its last line
 * @throws when the script fails
 */
export async function runPeer(python: string, script: string, parameters: readonly string[]): Promise<unknown> {
  const path = join(import.meta.dirname, 'peer', script)
  const { stdout } = await run(python, [path, ...parameters], { maxBuffer: 2 ** 24 })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}
