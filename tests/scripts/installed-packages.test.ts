import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isInstalled, markInstalled } from '../../scripts/installed-packages.mjs'

let root = ''

const write = (path: string, packages: object): void => {
  writeFileSync(join(root, path), JSON.stringify({ packages: { '': {}, ...packages } }))
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'attune-installed-'))
  mkdirSync(join(root, 'node_modules'))
  write('package-lock.json', {
    'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' },
    'node_modules/for-another-platform': { version: '1.0.0', optional: true },
  })
})

afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

describe('isInstalled', () => {
  it('is false in a fresh clone', () => {
    expect(isInstalled(root)).toBe(false)
  })

  it.each([
    {
      what: 'every package',
      packages: { 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' } },
      installed: true,
    },
    {
      what: 'another version',
      packages: { 'node_modules/zod': { version: '3.0.0', integrity: 'sha512-b' } },
      installed: false,
    },
    { what: 'one package less', packages: {}, installed: false },
  ])('is $installed where npm installed $what', ({ packages, installed }) => {
    write('node_modules/.package-lock.json', packages)
    expect(isInstalled(root)).toBe(installed)
  })

  it('is true once marked, until the lock file changes', () => {
    markInstalled(root)
    expect(isInstalled(root)).toBe(true)
    write('package-lock.json', { 'node_modules/zod': { version: '4.0.1' } })
    expect(isInstalled(root)).toBe(false)
  })
})
