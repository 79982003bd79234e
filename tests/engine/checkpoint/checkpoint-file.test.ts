import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCheckpoint } from '../../../engine/checkpoint/checkpoint.ts'
import { readTensor, readWeight } from '../../../engine/checkpoint/read-tensor.ts'
import { parseSafetensors } from '../../../engine/checkpoint/safetensors.ts'
import { writeSafetensors, type WritableTensor } from '../../../engine/checkpoint/write-safetensors.ts'
import { ndArray } from '../../../engine/tensor/nd-array.ts'
import { failingFileSystem } from '../files/failing-file-system.ts'
import { failureOf } from './failure-of.ts'
import { fileOf, safetensorsBytes } from './safetensors-bytes.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-checkpoint-'))
})
afterEach(async () => rm(folder, { recursive: true }))

const put = async (name: string, bytes: Uint8Array): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return path
}

describe('openCheckpoint', () => {
  it('resolves symbolic links to the real file', async () => {
    const real = await put('blob', fileOf({ a: [2] }))
    await symlink(real, join(folder, 'model.safetensors'))
    const checkpoint = await openCheckpoint(join(folder, 'model.safetensors'))
    expect(checkpoint).toMatchObject({ file: real, size: (await readFile(real)).length })
  })

  it.each([
    ['a truncated file', fileOf({ a: [100] }).subarray(0, 120), 'file-malformed'],
    ['an empty file', new Uint8Array(0), 'file-malformed'],
    ['a zip archive of PyTorch', Buffer.from('PK\x03\x04\x00\x00\x08\x08', 'latin1'), 'file-unsafe'],
    ['a bare pickle', Buffer.from('\x80\x02}q\x00(X\x0a', 'latin1'), 'file-unsafe'],
    ['a pickle with a short frame', Buffer.from('\x80\x04\x95\x10\0\0\0\0\0\0\0}\x94.', 'latin1'), 'file-unsafe'],
    ['an old PyTorch file', Buffer.from('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.', 'latin1'), 'file-unsafe'],
    ['a GGUF file', Buffer.from('GGUF\x03\x00\x00\x00\x00', 'latin1'), 'format-unsupported'],
    ['a web page', Buffer.from('<!doctype html><html>'), 'format-unsupported'],
    ['an error of a server', Buffer.from('\n\n<html><body>404</body></html>'), 'format-unsupported'],
    ['a Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), 'format-unsupported'],
  ])('refuses %s', async (_, bytes, code) => {
    await expect(openCheckpoint(await put('model.safetensors', bytes))).rejects.toMatchObject({ code })
  })

  it('refuses a file that is not there and a folder', async () => {
    await expect(openCheckpoint(join(folder, 'none.safetensors'))).rejects.toMatchObject({ code: 'file-unreadable' })
    await mkdir(join(folder, 'folder.safetensors'))
    await expect(openCheckpoint(join(folder, 'folder.safetensors'))).rejects.toMatchObject({ code: 'file-unreadable' })
  })

  it('opens a header whose length begins like a pickle', async () => {
    const header = `{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`.padEnd(0x280)
    const checkpoint = await openCheckpoint(await put('model.safetensors', safetensorsBytes(header, 0)))
    expect([...checkpoint.tensors.keys()]).toEqual(['a'])
  })
})

describe('readTensor', () => {
  const bits: Readonly<Record<string, readonly [Uint8Array, readonly number[]]>> = {
    F32: [new Uint8Array(Float32Array.of(1.5, -2, Math.fround(0.1)).buffer), [1.5, -2, Math.fround(0.1)]],
    // 1, -2, the smallest subnormal, the largest finite number, infinity
    F16: [new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 1, 0x7bff, 0x7c00).buffer), [1, -2, 2 ** -24, 65504, Infinity]],
    BF16: [new Uint8Array(Uint16Array.of(0x3f80, 0xc000, 0x0001).buffer), [1, -2, 2 ** -133]],
    F64: [new Uint8Array(Float64Array.of(0.25, -3).buffer), [0.25, -3]],
    I64: [new Uint8Array(BigInt64Array.of(-1n, 77n).buffer), [-1, 77]],
    I32: [new Uint8Array(Int32Array.of(-5).buffer), [-5]],
    BOOL: [Uint8Array.of(1, 0), [1, 0]],
  }
  it.each(Object.entries(bits))('reads %s exactly, at an odd offset too', async (dtype, [bytes, values]) => {
    const header = JSON.stringify({
      odd: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
      weight: { dtype, shape: [values.length], data_offsets: [1, 1 + bytes.length] },
    })
    const content = safetensorsBytes(header, 1 + bytes.length)
    content.set(bytes, content.length - bytes.length)
    const checkpoint = await openCheckpoint(await put('model.safetensors', content))
    expect(await readTensor(checkpoint, 'weight')).toEqual({ shape: [values.length], data: Float32Array.from(values) })
  })

  it('names an 8-bit float only when it is asked for', async () => {
    const checkpoint = await openCheckpoint(await put('model.safetensors', fileOf({ a: [2] }, { dtype: 'F8_E4M3' })))
    await expect(readTensor(checkpoint, 'a')).rejects.toMatchObject({ code: 'format-unsupported' })
    await expect(readTensor(checkpoint, 'b')).rejects.toMatchObject({ code: 'weight-missing' })
  })

  it('refuses a file that has changed since it was opened', async () => {
    const path = await put('model.safetensors', fileOf({ a: [2] }))
    const checkpoint = await openCheckpoint(path)
    await appendFile(path, 'more')
    await expect(readTensor(checkpoint, 'a')).rejects.toMatchObject({ code: 'file-malformed' })
  })

  it('gives a transposed view back as the network wants it', async () => {
    const path = join(folder, 'model.safetensors')
    await writeSafetensors(path, {
      tensors: new Map([['m', ndArray([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))]]),
      metadata: {},
    })
    const { file, tensors } = await openCheckpoint(path)
    const entry = tensors.get('m')
    if (entry === undefined) throw new Error('no tensor m')
    const view = { key: 'm', file, ...entry, dtype: 'float32', transposed: true } as const
    expect(await readWeight(view)).toEqual({ shape: [3, 2], data: Float32Array.of(1, 4, 2, 5, 3, 6) })
  })
})

describe('writeSafetensors', () => {
  it('writes what the reader reads, with aligned data, and leaves nothing else', async () => {
    const path = join(folder, 'lora.safetensors')
    const tensors = new Map<string, WritableTensor>([
      ['half', { shape: [3], data: Uint16Array.of(0x3c00, 0x4000, 0x4200), dtype: 'F16' }],
      ['b', ndArray([2], Float32Array.of(3, 4))],
      ['a', ndArray([], Float32Array.of(0.5))],
    ])
    await writeSafetensors(path, { tensors, metadata: { ss_network_dim: '4', 'ä"': '\n' } })
    const checkpoint = await openCheckpoint(path)
    expect([...checkpoint.tensors.keys()]).toEqual(['a', 'b', 'half'])
    expect(checkpoint.tensors.get('a')?.byteOffset).toSatisfy((offset: number) => offset % 8 === 0)
    expect([...checkpoint.metadata]).toEqual([
      ['ss_network_dim', '4'],
      ['ä"', '\n'],
    ])
    expect(await readTensor(checkpoint, 'b')).toEqual({ shape: [2], data: Float32Array.of(3, 4) })
    expect(await readTensor(checkpoint, 'half')).toEqual({ shape: [3], data: Float32Array.of(1, 2, 3) })
    expect(await readdir(folder)).toEqual(['lora.safetensors'])
    expect(parseSafetensors(await readFile(path), 'lora').tensors.size).toBe(3)
  })

  it('keeps the old file and leaves no part when it fails', async () => {
    const path = await put('lora.safetensors', fileOf({ a: [2] }))
    const before = await readFile(path)
    const tensors = new Map([['__proto__', ndArray([1], Float32Array.of(1))]])
    await expect(writeSafetensors(path, { tensors, metadata: {} })).rejects.toMatchObject({ code: 'bad-argument' })
    expect(await readFile(path)).toEqual(before)
    expect(await readdir(folder)).toEqual(['lora.safetensors'])
  })

  it('leaves the old file as it was when the disk is full', async () => {
    const path = await put('lora.safetensors', fileOf({ a: [2] }))
    const before = await readFile(path)
    const { fileSystem } = failingFileSystem('ENOSPC', (call) => call === 'write')
    const tensors = new Map([['a', ndArray([1], Float32Array.of(1))]])
    const failure = await failureOf(async () =>
      writeSafetensors(path, { tensors, metadata: {} }, { existing: 'replace', fileSystem }),
    )
    expect(failure.code).toBe('disk-full')
    expect(await readFile(path)).toEqual(before)
    expect(await readdir(folder)).toEqual(['lora.safetensors'])
  })
})
