import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { channels } from '../../electron/channels.ts'
import { findFile, readOpenedFile } from '../../electron/opened-file.ts'
import { startShell } from '../../electron/start-shell.ts'
import { makeStandInParts } from './stand-in-parts.ts'

const folder = mkdtempSync(join(tmpdir(), 'attune-opened-'))
const picture = join(folder, 'lake.PNG')
writeFileSync(picture, 'picture')

it('finds a picture on a command line, and nothing else', () => {
  expect(findFile(['attune', '--library=/x.png', 'notes.txt', 'lake.webp'])).toBe('lake.webp')
  expect(findFile(['lake.png', '--flag', '/srv/app'])).toBeUndefined()
})

it('reads pictures only, and tells their names, not their places', async () => {
  expect(await readOpenedFile(picture)).toEqual({ name: 'lake.PNG', bytes: new Uint8Array(Buffer.from('picture')) })
  for (const other of [join(folder, 'gone.png'), join(import.meta.dirname, 'opened-file.test.ts'), folder])
    expect([other, await readOpenedFile(other)]).toEqual([other, null])
})

it('hands pictures to the page once it is there, whenever the system asked', async () => {
  const { standIn, parts, app, contents } = makeStandInParts()
  await startShell(parts, '/app/dist')
  let isPrevented = false
  standIn.emit(app, 'open-file', { preventDefault: () => (isPrevented = true) }, picture)
  standIn.emit(contents, 'did-finish-load')
  standIn.emit(app, 'second-instance', {}, ['attune', picture])
  await vi.waitFor(() => {
    expect(standIn.of('WebContents', 'send').map(([channel]) => channel)).toEqual([channels.file, channels.file])
  })
  expect([isPrevented, standIn.of('BrowserWindow', 'restore').length]).toEqual([true, 1])
})
