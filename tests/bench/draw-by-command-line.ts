import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { watchMemory } from './watch-memory.ts'

const commandLine = join(import.meta.dirname, '../../engine/cli/attune.ts')

export interface Drawn {
  /** From the command's start to its first finished file. */
  readonly firstSeconds: number
  /** Between one finished file and the next, warm-ups left out. */
  readonly seconds: readonly number[]
  /** The most that the command, its worker and its encoder had resident together; undefined but on Linux. */
  readonly peakMiB: number | undefined
  /** Of a peer's libraries. */
  readonly versions?: Readonly<Record<string, string>>
}

/**
 * Draws pictures with `attune generate --json` and notes when each was finished, encoded and on disk.
 *
 * @param parameters handed to `generate`: prompt, steps and the like
 * @param pictures   how many are timed, after the warm-ups
 * @throws when the command fails
 */
export async function drawByCommandLine(
  parameters: readonly string[],
  { pictures, warmUps }: { readonly pictures: number; readonly warmUps: number },
): Promise<Drawn> {
  const folder = mkdtempSync(join(tmpdir(), 'attune-bench-'))
  const options = ['--count', `${warmUps + pictures}`, '--out', folder, '--json']
  try {
    return await timeResults([commandLine, 'generate', ...parameters, ...options], warmUps)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function timeResults(parameters: readonly string[], warmUps: number): Promise<Drawn> {
  const start = performance.now()
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  const memory = watchMemory(child.pid ?? process.pid)
  const finished: number[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    // Every line of `--json` is an object with its event.
    if ((JSON.parse(line) as { event: string }).event === 'result') finished.push((performance.now() - start) / 1000)
  })
  const code = await ended.finally(memory.stop)
  const [firstSeconds] = finished
  if (code !== 0 || firstSeconds === undefined)
    throw new Error(`bench: attune generate ended with ${code}, expected 0.`)
  const gaps = finished.slice(1).map((seconds, index) => seconds - (finished[index] ?? 0))
  return { firstSeconds, seconds: gaps.slice(warmUps - 1), peakMiB: memory.peakMiB() }
}
