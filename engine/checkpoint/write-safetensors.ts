import { randomUUID } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import type { NdArray, Shape } from '../tensor/nd-array.ts'
import { prefixBytes, safetensorsLimits } from './safetensors.ts'

/** A tensor to write: float32 values, or half floats by their bits (Uint16Array) with the type they are. */
export type WritableTensor =
  NdArray | { readonly shape: Shape; readonly data: Uint16Array; readonly dtype: 'F16' | 'BF16' }

/** What a new file holds. */
export interface SafetensorsContent {
  readonly tensors: ReadonlyMap<string, WritableTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Writes a safetensors file whole or not at all: a temporary file beside it is filled, flushed to the disk and renamed.
 * The header is padded with spaces so that the data begin at a multiple of 8; 4-byte tensors come before 2-byte ones.
 *
 * @throws EngineError 'bad-argument' for names the format forbids, 'disk-full', 'file-unwritable' for any other fault
 */
export const writeSafetensors = async (path: string, content: SafetensorsContent): Promise<void> => {
  const tensors = [...content.tensors].sort(
    ([nameA, a], [nameB, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1),
  )
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`)
  try {
    const handle = await open(temporary, 'wx')
    try {
      await writeAll(handle, encodeHeader(tensors, content.metadata))
      for (const [, { data }] of tensors)
        await writeAll(handle, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    await rm(temporary, { force: true })
    throw writeFailure(basename(path), cause)
  }
}

type NamedTensor = readonly [string, WritableTensor]

const dtypeOf = (tensor: WritableTensor): 'F32' | 'F16' | 'BF16' => ('dtype' in tensor ? tensor.dtype : 'F32')

const encodeHeader = (tensors: readonly NamedTensor[], metadata: Readonly<Record<string, string>>): Uint8Array => {
  const header: [string, unknown][] = Object.keys(metadata).length === 0 ? [] : [['__metadata__', metadata]]
  let offset = 0
  for (const [name, tensor] of tensors) {
    checkName(name)
    const end = offset + tensor.data.byteLength
    header.push([name, { dtype: dtypeOf(tensor), shape: tensor.shape, data_offsets: [offset, end] }])
    offset = end
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)))
  const padded = Math.ceil(json.length / 8) * 8
  const bytes = Buffer.alloc(prefixBytes + padded, ' ')
  bytes.writeBigUInt64LE(BigInt(padded))
  json.copy(bytes, prefixBytes)
  return bytes
}

const checkName = (name: string): void => {
  const isForbidden = name === '__metadata__' || name === '__proto__' || !name.isWellFormed()
  if (!isForbidden && Buffer.byteLength(name) <= safetensorsLimits.nameBytes) return
  throw new EngineError('bad-argument', {
    where: 'safetensors file',
    found: `a tensor named "${name}"`,
    expected: 'a plain name',
  })
}

const writeAll = async (handle: FileHandle, bytes: Uint8Array): Promise<void> => {
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written, Math.min(bytes.length - written, 2 ** 30))).bytesWritten
  }
}

/** Makes the new name itself durable. Windows has no such call and needs none. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const writeFailure = (where: string, cause: unknown): EngineError => {
  if (cause instanceof EngineError) return cause
  const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
  return new EngineError(
    isFull ? 'disk-full' : 'file-unwritable',
    {
      where,
      found: isFull ? 'no space left on the disk' : `the file cannot be written: ${String(cause)}`,
      expected: 'a folder with space that may be written to',
      remedy: isFull ? 'Free some space and try again; nothing was changed.' : 'Choose another folder.',
    },
    { cause },
  )
}
