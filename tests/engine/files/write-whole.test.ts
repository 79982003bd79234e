import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../../../engine/contract/failures.ts'
import { writeWhole } from '../../../engine/files/write-whole.ts'
import type { WriteOptions } from '../../../engine/files/write-whole.ts'
import { failingFileSystem } from './failing-file-system.ts'
import { useScratchFolders } from './scratch-folder.ts'

const scratch = useScratchFolders()
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const failureOf = async (path: string, content: Uint8Array, options: WriteOptions = {}): Promise<EngineError> => {
  try {
    await writeWhole(path, content, options)
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError)
    return error as EngineError // checked in the line above
  }
  throw new Error('it was written')
}

describe('writeWhole', () => {
  it('writes the bytes and leaves nothing else in the folder', async () => {
    const folder = scratch()
    await writeWhole(join(folder, 'a.txt'), bytes('hello'))
    expect(readdirSync(folder)).toEqual(['a.txt'])
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('hello')
  })

  it('writes pieces one after the other, also those still to come', async () => {
    const folder = scratch()
    const pieces = async function* () {
      yield bytes('he')
      yield await Promise.resolve(bytes('llo'))
    }
    await writeWhole(join(folder, 'a.txt'), pieces())
    await writeWhole(join(folder, 'b.txt'), [bytes('hel'), bytes('lo')])
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('hello')
    expect(readFileSync(join(folder, 'b.txt'), 'utf8')).toBe('hello')
  })

  it('refuses to overwrite unless asked', async () => {
    const folder = scratch()
    const path = join(folder, 'a.txt')
    writeFileSync(path, 'old')
    expect((await failureOf(path, bytes('new'))).code).toBe('conflict')
    expect(readFileSync(path, 'utf8')).toBe('old')
    await writeWhole(path, bytes('new'), { existing: 'replace' })
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  it('takes a name only once when many write to it at the same time', async () => {
    const path = join(scratch(), 'a.txt')
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => writeWhole(path, bytes(`${i}`))))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('needs no hard links', async () => {
    const folder = scratch()
    const { fileSystem, calls } = failingFileSystem('EPERM', (call) => call === 'link')
    await writeWhole(join(folder, 'a.txt'), bytes('hello'), { fileSystem })
    expect(readdirSync(folder)).toEqual(['a.txt'])
    expect(calls).toContain('rename')
    expect((await failureOf(join(folder, 'a.txt'), bytes('new'), { fileSystem })).code).toBe('conflict')
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('hello')
  })
})

const expectedCodes = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EIO: 'file-unwritable',
  EACCES: 'refused',
  EROFS: 'refused',
  EMFILE: 'file-unwritable',
} as const

describe('a failing file system', () => {
  const cases = Object.keys(expectedCodes).flatMap((errno) =>
    (['refuse', 'replace'] as const).map((existing) => ({ errno, existing })),
  )

  it.each(cases)('leaves the old file or the new one, never a part: $errno, $existing', async ({ errno, existing }) => {
    const old = existing === 'replace' ? 'old' : undefined
    for (let nth = 1; ; nth++) {
      const folder = scratch()
      const path = join(folder, 'a.txt')
      if (old !== undefined) writeFileSync(path, old)
      const { fileSystem, calls } = failingFileSystem(errno, (_, call) => call === nth)
      const outcome = await writeWhole(path, bytes('new'), { existing, fileSystem }).catch((error: unknown) => error)
      const names = readdirSync(folder)
      const now = names.includes('a.txt') ? readFileSync(path, 'utf8') : undefined
      expect([old, 'new']).toContain(now)
      expect(names.filter((name) => name !== 'a.txt')).toEqual([])
      if (outcome === undefined) {
        // All calls went through, so the last failure was tried: the loop has covered the whole operation.
        expect([now, calls.length < nth]).toEqual(['new', true])
        return
      }
      expect(outcome).toMatchObject({ name: 'EngineError', code: expectedCodes[errno as keyof typeof expectedCodes] })
      await writeWhole(path, bytes('again'), { existing: 'replace' })
      expect(readFileSync(path, 'utf8')).toBe('again')
    }
  })

  it('is told apart by what a person can do about it', async () => {
    const folder = scratch()
    mkdirSync(join(folder, 'folder'))
    expect((await failureOf(join(folder, 'none', 'a.txt'), bytes('x'))).code).toBe('not-found')
    expect((await failureOf(join(folder, 'folder'), bytes('x'), { existing: 'replace' })).code).toBe('conflict')
    expect((await failureOf(join(folder, `${'n'.repeat(300)}.txt`), bytes('x'))).code).toBe('bad-argument')
    expect(readdirSync(folder)).toEqual(['folder'])
  })

  it.skipIf(process.getuid?.() === 0)('says so when the folder may not be written to', async () => {
    const folder = scratch()
    chmodSync(folder, 0o500)
    expect((await failureOf(join(folder, 'a.txt'), bytes('x'))).code).toBe('refused')
    chmodSync(folder, 0o700)
  })
})

const canMount = (folder: string): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

it('survives a disk that is really full, and works again when there is space', async ({ skip }) => {
  const folder = scratch()
  if (!canMount(folder)) skip('mounting a small disk needs root')
  try {
    const path = join(folder, 'a.bin')
    await writeWhole(path, new Uint8Array(20_000).fill(1))
    const failure = await failureOf(path, new Uint8Array(100_000), { existing: 'replace' })
    expect([failure.code, failure.facts['errno']]).toEqual(['disk-full', 'ENOSPC'])
    expect(readdirSync(folder)).toEqual(['a.bin'])
    expect(readFileSync(path)).toEqual(Buffer.alloc(20_000, 1))
    await writeWhole(path, new Uint8Array(30_000).fill(2), { existing: 'replace' })
    expect(readFileSync(path)).toEqual(Buffer.alloc(30_000, 2))
  } finally {
    execFileSync('umount', [folder])
  }
})
