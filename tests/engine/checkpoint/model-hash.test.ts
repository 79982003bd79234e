import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fileHash, modelHash } from '../../../engine/checkpoint/model-hash.ts'
import { failureOf } from './failure-of.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-hash-'))
})
afterEach(async () => rm(folder, { recursive: true }))

it('is the first ten digits of the SHA-256 of the file', async () => {
  const path = join(folder, 'model.safetensors')
  await writeFile(path, 'abc')
  // FIPS 180-2, appendix B.1
  expect(await fileHash(path)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(await modelHash(path)).toBe('ba7816bf8f')
})

it('can be cancelled, and says when the file is not there', async () => {
  const path = join(folder, 'model.safetensors')
  expect((await failureOf(async () => modelHash(path))).code).toBe('file-unreadable')
  await writeFile(path, 'abc')
  expect((await failureOf(async () => modelHash(path, { signal: AbortSignal.abort() }))).code).toBe('cancelled')
})
