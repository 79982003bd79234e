import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openCheckpoint } from '../../../engine/checkpoint/checkpoint.ts'
import { zipNames } from '../../../engine/checkpoint/zip-names.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'
import { failureOf } from './failure-of.ts'
import { zipBytes } from './zip-bytes.ts'

const scratch = useScratchFolders()

const put = async (bytes: Uint8Array): Promise<string> => {
  const path = join(scratch(), 'model.safetensors')
  await writeFile(path, bytes)
  return path
}
const namesOf = async (bytes: Uint8Array) => {
  const handle = await open(await put(bytes))
  try {
    return await zipNames(handle, bytes.length)
  } finally {
    await handle.close()
  }
}

const torch = ['archive/.format_version', 'archive/data.pkl', 'archive/data/0']

describe('zipNames', () => {
  it.each([
    ['a plain archive', zipBytes(torch)],
    [
      'one with a comment that looks like an end record',
      zipBytes(torch, { comment: 'PK\u0005\u0006'.padEnd(40, 'x') }),
    ],
    ['one in the form of large archives', zipBytes(torch, { is64: true })],
  ])('reads the directory of %s', async (_, bytes) => {
    const { names, isWhole } = await namesOf(bytes)
    expect([new Set(names), isWhole]).toEqual([new Set(torch), true])
  })

  it('knows the first name of an archive that broke off, and that it is not all', async () => {
    expect(await namesOf(zipBytes(['archive/data.pkl', 'archive/data/0']).subarray(0, 60))).toEqual({
      names: ['archive/data.pkl'],
      isWhole: false,
    })
  })

  it('survives any bytes, reading no more than there are', { timeout: 60_000 }, async () => {
    const whole = zipBytes(torch, { is64: true })
    const mutated = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 12 }).map((changes) => {
      const bytes = Buffer.from(whole)
      for (const [at, value] of changes) bytes[at] = value
      return bytes
    })
    await fc.assert(
      fc.asyncProperty(mutated, fc.nat(whole.length), async (bytes, length) => {
        const { names } = await namesOf(bytes.subarray(0, length))
        expect(names.length).toBeLessThanOrEqual(torch.length + 1)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a zip archive in place of a model', () => {
  it.each([
    ['a pickle of PyTorch', zipBytes(torch), 'file-unsafe', /as PyTorch writes its pickles/],
    ['an old TorchScript', zipBytes(['x/constants.pkl', 'x/version']), 'file-unsafe', /as PyTorch writes its pickles/],
    ['a renamed .zip', zipBytes(['model.safetensors', 'readme.txt']), 'format-unsupported', /^a zip archive$/],
    ['an empty .zip', zipBytes([]), 'format-unsupported', /^a zip archive$/],
    [
      'one that broke off',
      zipBytes(['model.safetensors', 'b']).subarray(0, 50),
      'file-unsafe',
      /^a broken zip archive/,
    ],
    ['a pickle that broke off', zipBytes(['a/data.pkl', 'b']).subarray(0, 50), 'file-unsafe', /as PyTorch writes/],
  ])('is refused by what it holds: %s', async (_, bytes, code, found) => {
    const path = await put(bytes)
    const failure = await failureOf(() => openCheckpoint(path))
    expect({ code: failure.code, found: failure.facts.found }).toEqual({ code, found: expect.stringMatching(found) })
  })
})
