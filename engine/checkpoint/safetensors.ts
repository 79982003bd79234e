import { EngineError } from '../contract/failures.ts'
import type { Shape } from '../tensor/nd-array.ts'
import { HeaderScanner } from './header-scanner.ts'
import { dtypeBits, isSafetensorsDtype, type SafetensorsDtype } from './safetensors-dtype.ts'

/** One tensor of a file: what it is and which bytes it has. */
export interface TensorEntry {
  readonly name: string
  readonly dtype: SafetensorsDtype
  readonly shape: Shape
  /** From the start of the file. */
  readonly byteOffset: number
  readonly byteLength: number
}

/** What the header of a file says, after every check. */
export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>
  /** In the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorEntry>
}

/** Tighter than the reference parser's, and far above any real file's. */
export const safetensorsLimits = {
  headerBytes: 16 * 1024 * 1024,
  tensors: 100_000,
  metadata: 10_000,
  rank: 8,
  nameBytes: 512,
} as const

/** Bytes before the header: its length as a little-endian 64-bit number. */
export const prefixBytes = 8

/**
 * Length of the header from the first bytes of a file.
 *
 * @param prefix    the first 8 bytes (fewer when the file is shorter)
 * @param fileSize  bytes of the whole file
 * @throws EngineError 'file-malformed' when the length is missing, above the limit or beyond the end of the file
 */
export const readHeaderLength = (prefix: Uint8Array, fileSize: number, where: string): number => {
  const fail = (found: string, expected: string): never => {
    throw new EngineError('file-malformed', { where, found, expected, remedy })
  }
  if (prefix.length < prefixBytes || fileSize < prefixBytes) return fail(`${fileSize} bytes`, 'at least 8')
  const length = new DataView(prefix.buffer, prefix.byteOffset, prefixBytes).getBigUint64(0, true)
  if (length > BigInt(safetensorsLimits.headerBytes)) {
    return fail(`a header of ${length} bytes`, `at most ${safetensorsLimits.headerBytes}`)
  }
  if (prefixBytes + Number(length) > fileSize) {
    return fail(`a header of ${length} bytes in a file of ${fileSize}`, 'a header inside the file')
  }
  return Number(length)
}

/**
 * Parses the JSON header of a safetensors file with every check of the reference parser and tighter limits: UTF-8,
 * strict members, no key twice, offsets that start at 0 and leave neither hole nor overlap, sizes that agree with
 * shape and type, and data that end where the file ends. What it accepts the reference parser accepts too.
 *
 * @param header    the JSON bytes, without the length before them
 * @param fileSize  bytes of the whole file
 * @param where     how messages call the file
 * @throws EngineError 'file-malformed'
 * @source huggingface/safetensors, `safetensors/src/tensor.rs`: read_metadata and validate
 */
export const parseSafetensorsHeader = (header: Uint8Array, fileSize: number, where: string): SafetensorsHeader => {
  const scanner = new HeaderScanner(decodeHeader(header, where), where)
  let metadata: ReadonlyMap<string, string> | undefined
  const tensors = new Map<string, TensorEntry>()
  scanner.object((key) => {
    checkKey(scanner, key)
    if (key === '__metadata__') {
      if (metadata !== undefined) scanner.fail('"__metadata__" twice', 'each key once')
      metadata = readMetadata(scanner)
      return
    }
    if (tensors.has(key)) scanner.fail(`the tensor ${JSON.stringify(key)} twice`, 'each key once')
    if (tensors.size === safetensorsLimits.tensors) scanner.fail('too many tensors', `at most ${tensors.size}`)
    tensors.set(key, readEntry(scanner, key, prefixBytes + header.length))
  })
  scanner.expectEnd()
  return {
    metadata: metadata ?? new Map(),
    tensors: checkLayout(tensors, prefixBytes + header.length, fileSize, where),
  }
}

/** Reads a whole file that is already in memory. See `parseSafetensorsHeader`. */
export const parseSafetensors = (bytes: Uint8Array, where: string): SafetensorsHeader => {
  const length = readHeaderLength(bytes.subarray(0, prefixBytes), bytes.length, where)
  return parseSafetensorsHeader(bytes.subarray(prefixBytes, prefixBytes + length), bytes.length, where)
}

const remedy = 'The file is damaged or not a safetensors file: download it again.'

const decodeHeader = (header: Uint8Array, where: string): string => {
  const fail = (found: string, expected: string, cause?: unknown): never => {
    throw new EngineError('file-malformed', { where, found, expected, remedy }, { cause })
  }
  if (header[0] !== 0x7b) fail('a header that does not begin with a brace', '"{"')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header)
  } catch (cause) {
    return fail('a header that is not text', 'UTF-8', cause)
  }
}

const checkKey = (scanner: HeaderScanner, key: string): void => {
  if (key === '__proto__') scanner.fail('the key "__proto__"', 'the name of a tensor')
  // a character has at most 3 bytes per UTF-16 unit, so short names need no counting
  if (key.length * 3 <= safetensorsLimits.nameBytes) return
  if (Buffer.byteLength(key) > safetensorsLimits.nameBytes) {
    scanner.fail('a name that is too long', `at most ${safetensorsLimits.nameBytes} bytes`)
  }
}

const readMetadata = (scanner: HeaderScanner): ReadonlyMap<string, string> => {
  const metadata = new Map<string, string>()
  scanner.object((key) => {
    if (key === '__proto__') scanner.fail('the key "__proto__"', 'the name of a property')
    if (metadata.has(key)) scanner.fail(`the property ${JSON.stringify(key.slice(0, 80))} twice`, 'each key once')
    if (metadata.size === safetensorsLimits.metadata) scanner.fail('too many properties', `at most ${metadata.size}`)
    metadata.set(key, scanner.string())
  })
  return metadata
}

const readEntry = (scanner: HeaderScanner, name: string, dataStart: number): TensorEntry => {
  let dtype: SafetensorsDtype | undefined
  let shape: number[] | undefined
  let offsets: number[] | undefined
  scanner.object((key) => {
    if (key === 'dtype' && dtype === undefined) dtype = readDtype(scanner)
    else if (key === 'shape' && shape === undefined) shape = scanner.naturalNumbers(safetensorsLimits.rank)
    else if (key === 'data_offsets' && offsets === undefined) offsets = scanner.naturalNumbers(2)
    else scanner.fail(`the member ${JSON.stringify(key.slice(0, 80))} of ${name}`, memberRule)
  })
  const [begin, end] = offsets ?? []
  if (dtype === undefined || shape === undefined || begin === undefined || end === undefined) {
    return scanner.fail(`${name} without type, shape or offsets`, memberRule)
  }
  if (end < begin) scanner.fail(`${name} ending at ${end} before its beginning ${begin}`, 'offsets in order')
  const byteLength = bytesOf(dtype, shape)
  if (byteLength !== end - begin) {
    scanner.fail(`${name} with ${end - begin} bytes for ${dtype} [${shape.join(', ')}]`, 'the size of its shape')
  }
  return { name, dtype, shape, byteOffset: dataStart + begin, byteLength }
}

const memberRule = '"dtype", "shape" and "data_offsets", each once'

const readDtype = (scanner: HeaderScanner): SafetensorsDtype => {
  const name = scanner.string()
  return isSafetensorsDtype(name)
    ? name
    : scanner.fail(`the type ${JSON.stringify(name.slice(0, 30))}`, 'an element type of the format')
}

/** Checked multiplication: undefined when a partial product leaves the safe integers or bits do not fill bytes. */
const bytesOf = (dtype: SafetensorsDtype, shape: Shape): number | undefined => {
  let count = 1
  for (const side of shape) {
    count *= side
    if (!Number.isSafeInteger(count)) return undefined
  }
  const bits = count * dtypeBits[dtype]
  return Number.isSafeInteger(bits) && bits % 8 === 0 ? bits / 8 : undefined
}

const checkLayout = (
  tensors: ReadonlyMap<string, TensorEntry>,
  dataStart: number,
  fileSize: number,
  where: string,
): ReadonlyMap<string, TensorEntry> => {
  const sorted = [...tensors.values()].sort((a, b) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength)
  let next = dataStart
  for (const { name, byteOffset, byteLength } of sorted) {
    if (byteOffset !== next) {
      const found = `${name} beginning at byte ${byteOffset - dataStart} of the data`
      throw new EngineError('file-malformed', {
        where,
        found,
        expected: `${next - dataStart}: no hole, no overlap`,
        remedy,
      })
    }
    next = byteOffset + byteLength
  }
  if (next !== fileSize) {
    const found = `a file of ${fileSize} bytes`
    throw new EngineError('file-malformed', { where, found, expected: `${next} bytes as its header says`, remedy })
  }
  return new Map(sorted.map((entry) => [entry.name, entry]))
}
