import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../../scripts/run-program.mjs'

const runNode = (script: string): Promise<number> => runProgram(process.execPath, ['-e', script])

describe('runProgram', () => {
  it.each([
    ['process.exit(0)', 0],
    ['process.exit(7)', 7],
    ['process.kill(process.pid, "SIGKILL")', 137],
  ])('hands on how %s ended', async (script, code) => {
    expect(await runNode(script)).toBe(code)
  })

  it('rejects when there is no such program', async () => {
    await expect(runProgram('no-such-program-anywhere', [])).rejects.toThrow('ENOENT')
  })

  it('hands a signal on to the program and waits for its own end', async () => {
    const program = "process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000); console.log('ready')"
    const module = pathToFileURL(join(import.meta.dirname, '../../scripts/run-program.mjs')).href
    const script = `const { runProgram } = await import('${module}'); process.exitCode = await runProgram(process.execPath, ['-e', ${JSON.stringify(program)}])`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(parent.stdout, 'data')
    parent.kill('SIGTERM')
    expect(await once(parent, 'close')).toEqual([9, null])
  })
})
