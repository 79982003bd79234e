import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ElectronPlace, findElectron } from '../../../build/desktop/find-electron.ts'

/** A package `electron` as npm leaves it: without its program. */
function makePlace(changes: Partial<ElectronPlace> = {}) {
  const folder = join(mkdtempSync(join(tmpdir(), 'attune-electron-')), 'electron')
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '45.4.1' }))
  const asked: string[] = []
  const place: ElectronPlace = {
    folder,
    platform: 'linux',
    arch: 'x64',
    environment: { DISPLAY: ':0' },
    isRoot: false,
    canFetch: (url) => {
      asked.push(url)
      return Promise.resolve(false)
    },
    fetchElectron: () => Promise.resolve(false),
    ...changes,
  }
  return { place, asked, folder }
}

function install(folder: string): string {
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'dist', 'electron'), '')
  writeFileSync(join(folder, 'path.txt'), 'electron')
  return join(folder, 'dist', 'electron')
}

describe('npm start', () => {
  it('takes the Electron that is there, and asks nobody', async () => {
    const { place, folder, asked } = makePlace()
    const program = install(folder)
    expect([await findElectron(place), asked]).toEqual([{ program }, []])
  })

  it('fetches Electron where it can be had', async () => {
    const made = makePlace({ canFetch: () => Promise.resolve(true) })
    const fetchElectron = () => Promise.resolve(install(made.folder) !== '')
    expect(await findElectron({ ...made.place, fetchElectron })).toEqual({
      program: join(made.folder, 'dist/electron'),
    })
  })

  it('opens the browser where it cannot, and does not ask again the same day', async () => {
    const { place, asked } = makePlace()
    const reason = 'Electron is not there and could not be fetched'
    expect([await findElectron(place), await findElectron(place)]).toEqual([{ reason }, { reason }])
    expect(asked).toEqual([
      'https://github.com/electron/electron/releases/download/v45.4.1/electron-v45.4.1-linux-x64.zip',
    ])
  })

  it.each([
    ['asked to', { environment: { DISPLAY: ':0', ATTUNE_WINDOW: 'browser' } }],
    ['without a display', { environment: {} }],
    ['as root, where Electron’s sandbox does not run', { isRoot: true }],
  ])('opens the browser when it is %s', async (_name, changes) => {
    const { place, asked, folder } = makePlace(changes)
    install(folder)
    expect([Object.keys(await findElectron(place)), asked]).toEqual([['reason'], []])
  })
})
