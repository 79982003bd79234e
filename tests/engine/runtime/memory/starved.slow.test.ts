import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { allocatorEnvironment } from '../../../../engine/process/allocator-environment.ts'

/** Kilobytes of private memory that the shell leaves the process: enough for Node and ONNX Runtime, not for 1.07 GB. */
const limitKilobytes = 900_000

// The limit on private memory is a shell's on Linux.
describe.skipIf(process.platform !== 'linux')('a session that runs out of memory', () => {
  it('says how much it wanted, and leaves', { timeout: 60_000 }, async () => {
    const file = join(import.meta.dirname, 'starved-process.ts')
    const said = await new Promise((resolve, reject) => {
      const command = `ulimit -d ${limitKilobytes} && exec "$0" "$1"`
      const child = spawn('sh', ['-c', command, process.execPath, file], {
        env: allocatorEnvironment(),
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      child.on('message', resolve)
      child.on('close', (code, signal) => {
        reject(new Error(`the process ended with ${signal ?? code ?? 'nothing'}`))
      })
    })
    expect(said).toEqual({
      forgotten: 1,
      failure: expect.objectContaining({
        code: 'out-of-memory',
        message: expect.stringMatching(/^memory for wide: 1\.1 GB needed, 8\.0 GB available, expected to fit into memory\. Choose a smaller size, or close other apps/) as string, // prettier-ignore
      }) as unknown,
    })
  })
})
