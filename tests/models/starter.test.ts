import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../../models/starter')

/** Documents that may be mended without a new model. */
const notHashed = new Set(['README.md', 'LICENSE', 'SHA256SUMS'])

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/** Lines of `sha256sum`: hash, two spaces, path with forward slashes. */
const recordedHashes = (): Map<string, string> =>
  new Map(
    readFileSync(join(folder, 'SHA256SUMS'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  )

const presentFiles = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !notHashed.has(path))

describe('the starter model', () => {
  it('is byte for byte the one its hashes were taken from', () => {
    const recorded = recordedHashes()
    const present = Object.fromEntries([...recorded.keys()].map((path) => [path, sha256(join(folder, path))]))
    expect(present).toEqual(Object.fromEntries(recorded))
  })

  it('has no file without a hash', () => {
    expect(presentFiles().sort()).toEqual([...recordedHashes().keys()].sort())
  })
})
