import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Library } from '../../../engine/library/library.ts'
import { migrationsFolder } from '../../../engine/library/default-library-root.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'

const scratch = useScratchFolders()
const entry = fileURLToPath(new URL('../../../engine/service/serve-process.ts', import.meta.url))

/** Starts the process that `attune serve` starts, and ends it as soon as it listens. */
const serveOnce = (library: string, args: readonly string[]): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [entry, '--library', library, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const kinds: string[] = []
    createInterface({ input: child.stdout }).on('line', (line) => {
      kinds.push((JSON.parse(line) as { kind: string }).kind) // our own lines
      child.kill('SIGTERM')
    })
    child.on('close', () => {
      resolve(kinds)
    })
  })

const settingsOf = async (root: string) => {
  const library = await Library.open({ root, migrationsFolder: migrationsFolder(), nowMs: Date.now() })
  try {
    const { 'engine.device': device, 'memory.budgetBytes': memoryBytes } = library.settings.all()
    return { device, memoryBytes }
  } finally {
    library.close()
  }
}

describe('attune serve', { timeout: 60_000 }, () => {
  it('keeps device and memory as if they had been chosen under Settings, and leaves them alone without the flags', async () => {
    const library = scratch()
    expect(await serveOnce(library, ['--device', 'cpu', '--memory-bytes', '4000000000'])).toEqual(['listening'])
    expect(await settingsOf(library)).toEqual({ device: 'cpu', memoryBytes: 4e9 })
    expect(await serveOnce(library, [])).toEqual(['listening'])
    expect(await settingsOf(library)).toEqual({ device: 'cpu', memoryBytes: 4e9 })
  })

  it('ends with a failure for a device that nobody knows', async () => {
    expect(await serveOnce(scratch(), ['--device', 'abacus'])).toEqual(['failure'])
  })
})
