import type { Size } from './geometry.ts'

/** Grey pixels, one byte each, rows from the top. */
export interface GreyPicture extends Size {
  readonly data: Uint8Array
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const

/** An 8-bit grey PNG of the pixels, smallest for masks: every row is written as it is. */
export async function encodeGreyPng({ width, height, data }: GreyPicture): Promise<Uint8Array<ArrayBuffer>> {
  const lines = new Uint8Array((width + 1) * height)
  for (let y = 0; y < height; y++) lines.set(data.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header[8] = 8
  const parts = [
    Uint8Array.from(signature),
    chunk('IHDR', header),
    chunk('IDAT', await pipe(lines, new CompressionStream('deflate'))),
    chunk('IEND', new Uint8Array(0)),
  ]
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

/**
 * Reads an 8-bit grey PNG, as `encodeGreyPng` and most programs write them.
 *
 * @throws Error when the file is another kind of PNG or damaged
 */
export async function decodeGreyPng(bytes: Uint8Array): Promise<GreyPicture> {
  const chunks = readChunks(bytes)
  const header = chunks.find(({ type }) => type === 'IHDR')?.data
  if (header?.length !== 13) throw new Error('mask: the file has no PNG header.')
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  const width = view.getUint32(0)
  const height = view.getUint32(4)
  if (header[8] !== 8 || header[9] !== 0 || header[12] !== 0) throw new Error('mask: expected an 8-bit grey PNG.')
  if (width * height > 100_000_000) throw new Error(`mask: ${width} x ${height} is too large.`)
  const packed = await new Blob(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)).arrayBuffer()
  const lines = await pipe(new Uint8Array(packed), new DecompressionStream('deflate'))
  if (lines.length !== (width + 1) * height) throw new Error('mask: the PNG has too few or too many pixels.')
  return { width, height, data: unfilter(lines, width, height) }
}

async function pipe(bytes: Uint8Array<ArrayBuffer>, through: CompressionStream | DecompressionStream) {
  const stream = new Blob([bytes]).stream().pipeThrough(through)
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

function readChunks(bytes: Uint8Array): { readonly type: string; readonly data: Uint8Array<ArrayBuffer> }[] {
  if (signature.some((byte, i) => bytes[i] !== byte)) throw new Error('mask: the file is no PNG.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunks = []
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at)
    if (at + 12 + length > bytes.length) throw new Error('mask: the PNG is cut off.')
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    chunks.push({ type, data: new Uint8Array(bytes.slice(at + 8, at + 8 + length)) })
    at += 12 + length
  }
  return chunks
}

/** Undoes the five row filters of PNG (specification 9.2) for one byte per pixel. */
function unfilter(lines: Uint8Array, width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (width + 1)] ?? 0
    for (let x = 0; x < width; x++) {
      const left = x > 0 ? (data[y * width + x - 1] ?? 0) : 0
      const up = y > 0 ? (data[(y - 1) * width + x] ?? 0) : 0
      const upLeft = x > 0 && y > 0 ? (data[(y - 1) * width + x - 1] ?? 0) : 0
      data[y * width + x] = (lines[y * (width + 1) + 1 + x] ?? 0) + predict(filter, left, up, upLeft)
    }
  }
  return data
}

function predict(filter: number, left: number, up: number, upLeft: number): number {
  switch (filter) {
    case 0:
      return 0
    case 1:
      return left
    case 2:
      return up
    case 3:
      return (left + up) >> 1
    case 4: {
      const guess = left + up - upLeft
      const [apartLeft, apartUp, apartBoth] = [guess - left, guess - up, guess - upLeft].map(Math.abs) as [
        number,
        number,
        number,
      ] // three in, three out
      if (apartLeft <= apartUp && apartLeft <= apartBoth) return left
      return apartUp <= apartBoth ? up : upLeft
    }
    default:
      throw new Error(`mask: row filter ${filter} does not exist.`)
  }
}

function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(
    [...type].map((letter) => letter.charCodeAt(0)),
    4,
  )
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}

/** CRC-32 as PNG wants it, polynomial 0xEDB88320, bit by bit. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}
