import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface ToolEnd {
  readonly code: number
  /** Standard output and error as they came, mixed. */
  readonly output: string
}

/**
 * Runs a tool of node_modules under this Node, keeping what it prints.
 *
 * @param root       the project's folder
 * @param program    path of its script below node_modules
 * @param parameters handed to it
 */
export function runTool(root: string, program: string, parameters: readonly string[]): Promise<ToolEnd> {
  const child = spawn(process.execPath, [join(root, 'node_modules', program), ...parameters], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const parts: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => parts.push(part))
  child.stderr.on('data', (part: Buffer) => parts.push(part))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code: code ?? 1, output: Buffer.concat(parts).toString('utf8').trim() })
    })
  })
}
