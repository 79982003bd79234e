import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it, vi } from 'vitest'
import { channels } from '../../electron/channels.ts'
import { findFile, readOpenedFile } from '../../electron/opened-file.ts'
import { startShell } from '../../electron/start-shell.ts'
import { makeStandInParts } from './stand-in-parts.ts'

const folder = mkdtempSync(join(tmpdir(), 'attune-opened-'))
const picture = join(folder, 'lake.PNG')
writeFileSync(picture, 'picture')

it('finds a picture on a command line, and nothing else', () => {
  const inHome = (...words: readonly string[]) => findFile(words, folder)
  expect(inHome('attune', '--library=/x.png', 'notes.txt', 'lake.webp')).toBe(join(folder, 'lake.webp'))
  expect(inHome('attune', picture)).toBe(picture)
  expect(inHome('lake.png', '--flag', '/srv/app')).toBeUndefined()
  // As a desktop of Linux says it, and as a web page might.
  expect(inHome('attune', pathToFileURL(join(folder, 'a lake.png')).href)).toBe(join(folder, 'a lake.png'))
  expect(inHome('attune', 'file://example.org/%00/lake.png', 'file:%2f/lake.png')).toBeUndefined()
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
  standIn.emit(app, 'second-instance', {}, ['attune', 'lake.PNG'], folder)
  await vi.waitFor(() => {
    expect(standIn.of('WebContents', 'send').map(([channel]) => channel)).toEqual([channels.file, channels.file])
  })
  expect([isPrevented, standIn.of('BrowserWindow', 'restore').length]).toEqual([true, 1])
})
