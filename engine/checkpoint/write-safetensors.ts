import { EngineError } from '../contract/failures.ts'
import { writeWhole, type WriteOptions } from '../files/write-whole.ts'
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
 * Writes a safetensors file whole or not at all. The header is padded with spaces so that the data begin at a multiple
 * of 8; 4-byte tensors come before 2-byte ones.
 *
 * @throws EngineError 'bad-argument' for names the format forbids, and what `writeWhole` throws
 */
export const writeSafetensors = async (
  path: string,
  content: SafetensorsContent,
  options: WriteOptions = {},
): Promise<void> => {
  const tensors = [...content.tensors].sort(
    ([nameA, a], [nameB, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1),
  )
  const pieces = tensors.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  await writeWhole(path, [encodeHeader(tensors, content.metadata), ...pieces], options)
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
