import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runElectron } from '../../../build/desktop/run-electron.ts'

/** A program of a shell's words. */
function program(words: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'attune-run-')), 'electron')
  writeFileSync(path, `#!/bin/sh\n${words}\n`)
  chmodSync(path, 0o755)
  return path
}

it.skipIf(process.platform === 'win32')('takes a program that fails at once as a reason for the browser', async () => {
  expect(await runElectron(program('exit 0'), [])).toEqual({ code: 0 })
  expect(await runElectron(program('[ "$1" = --library=/a ] || exit 9'), ['--library=/a'])).toEqual({ code: 0 })
  // As Chromium ends where its sandbox is not allowed.
  expect(await runElectron(program('kill -TRAP $$'), [])).toEqual({
    reason: 'Electron ended at once with 133; what it said stands above',
  })
  // As Ctrl+C ends it.
  expect(await runElectron(program('kill -INT $$'), [])).toEqual({ code: 130 })
  const missing = await runElectron(join(tmpdir(), 'no', 'electron'), [])
  expect('reason' in missing && missing.reason).toMatch(/^Electron could not be started \(.*ENOENT\)$/)
})
