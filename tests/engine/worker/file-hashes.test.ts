import { createHash } from 'node:crypto'
import { readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FileHashes } from '../../../engine/worker/file-hashes.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'

const scratch = useScratchFolders()
const { signal } = new AbortController()
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('FileHashes', () => {
  it('remembers the hash of a file over restarts, as long as size and time stay', async () => {
    const folder = scratch()
    const [file, cache] = [join(folder, 'model.bin'), join(folder, 'cache', 'hashes.json')]
    const time = new Date('2026-01-01T12:00:00Z')
    await writeFile(file, 'one')
    await utimes(file, time, time)
    expect(await new FileHashes(cache).of([file], signal)).toBe(sha256('one'))
    // Other bytes under the same size and time: only a remembered hash can be the old one.
    await writeFile(file, 'two')
    await utimes(file, time, time)
    expect(await new FileHashes(cache).of([file], signal)).toBe(sha256('one'))
    await utimes(file, time, new Date('2026-01-01T12:00:05Z'))
    expect(await new FileHashes(cache).of([file], signal)).toBe(sha256('two'))
    expect(Object.keys(JSON.parse(await readFile(cache, 'utf8')) as object)).toEqual([file])
  })

  it('hashes the hashes of shards in order', async () => {
    const folder = scratch()
    const files = ['a', 'b'].map((name) => join(folder, name))
    for (const file of files) await writeFile(file, file)
    const expected = sha256(files.map((file) => sha256(file)).join('\n'))
    expect(await new FileHashes(join(folder, 'cache.json')).of(files, signal)).toBe(expected)
  })

  it('begins anew when the cache is damaged, and does without when it cannot be written', async () => {
    const folder = scratch()
    const [file, cache] = [join(folder, 'model.bin'), join(folder, 'cache.json')]
    await writeFile(file, 'one')
    await writeFile(cache, '{"half')
    expect(await new FileHashes(cache).of([file], signal)).toBe(sha256('one'))
    expect(await new FileHashes(join(file, 'below a file.json')).of([file], signal)).toBe(sha256('one'))
  })
})
