import { crc32 } from 'node:zlib'
import { EngineError } from '../../contract/failures.ts'

/** One chunk of a PNG file; `data` is a view into the file, never a copy. */
export interface PngChunk {
  /** Four ASCII letters, such as `IDAT`. */
  readonly type: string
  readonly data: Uint8Array
  /** Where the chunk's length field begins in the file. */
  readonly start: number
}

export interface PngChunks {
  readonly chunks: readonly PngChunk[]
  /** Why the walk ended: at IEND, where a well-formed file does; or where the file breaks off or makes no sense. */
  readonly end: 'whole' | 'truncated' | 'malformed'
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
/** Length, type and CRC around a chunk's data. */
const overhead = 12
/** libpng splits pixels into 8 KiB pieces, so a picture of 50 megapixels may have some 25,000 chunks. */
const maxChunks = 200_000

export const isPng = (bytes: Uint8Array): boolean => signature.every((byte, i) => bytes[i] === byte)

/**
 * Walks the chunks of a PNG file without looking into them. Never throws and never reads outside `bytes`: a hostile or
 * broken file gives the chunks up to the damage. CRCs are not checked here, see `isIntact`.
 */
export const readChunks = (bytes: Uint8Array): PngChunks => {
  const chunks: PngChunk[] = []
  if (!isPng(bytes)) return { chunks, end: 'malformed' }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let start = signature.length
  while (start + overhead <= bytes.length) {
    const length = view.getUint32(start)
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8))
    if (!/^[A-Za-z]{4}$/.test(type) || length > 0x7fffffff || chunks.length === maxChunks) {
      return { chunks, end: 'malformed' }
    }
    const next = start + overhead + length
    if (next > bytes.length) return { chunks, end: 'truncated' }
    chunks.push({ type, data: bytes.subarray(start + 8, start + 8 + length), start })
    if (type === 'IEND') return { chunks, end: 'whole' }
    start = next
  }
  return { chunks, end: 'truncated' }
}

/** Whether a chunk's CRC is right. */
export const isIntact = (bytes: Uint8Array, { data, start }: PngChunk): boolean => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return view.getUint32(start + 8 + data.length) === crc32(bytes.subarray(start + 4, start + 8 + data.length))
}

/** The bytes of a new chunk: length, type, data, CRC. */
export const encodeChunk = (type: string, data: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(overhead + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}

export interface ChunkChange {
  /** Encoded chunks to put in front of the pixels. */
  readonly insert?: readonly Uint8Array[]
  /** Which of the present chunks stay; default all. Critical chunks always stay. */
  readonly keep?: (chunk: PngChunk) => boolean
}

/**
 * The same picture with other metadata: pixel chunks are copied byte for byte.
 *
 * @throws EngineError 'file-malformed' when the file does not end properly or has no pixels
 */
export const changeChunks = (bytes: Uint8Array, { insert = [], keep = () => true }: ChunkChange): Uint8Array => {
  const { chunks, end } = readChunks(bytes)
  const firstPixels = chunks.find(({ type }) => type === 'IDAT')
  if (end !== 'whole' || firstPixels === undefined) {
    throw new EngineError('file-malformed', {
      where: 'PNG',
      found: firstPixels === undefined ? 'no pixels' : `a ${end} file after ${chunks.length} chunks`,
      expected: 'chunks from IHDR to IEND',
      remedy: 'Open the picture in another program and save it again.',
    })
  }
  const pieces = chunks.flatMap((chunk) => {
    const own = isCritical(chunk) || keep(chunk) ? [chunkBytes(bytes, chunk)] : []
    return chunk === firstPixels ? [...insert, ...own] : own
  })
  return concatenate([signature, ...pieces])
}

/** Chunks whose type begins with a capital are part of the picture itself. */
const isCritical = ({ type }: PngChunk): boolean => type.charCodeAt(0) < 0x60

const chunkBytes = (bytes: Uint8Array, { start, data }: PngChunk): Uint8Array =>
  bytes.subarray(start, start + overhead + data.length)

const concatenate = (pieces: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
