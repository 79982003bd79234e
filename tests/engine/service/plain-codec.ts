import { deflateSync, inflateSync } from 'node:zlib'
import { EngineError } from '../../../engine/contract/failures.ts'
import type { RawPicture } from '../../../engine/contract/records.ts'
import { encodeChunk, readChunks } from '../../../engine/image/png/png-chunks.ts'
import { encodeText } from '../../../engine/image/png/png-texts.ts'
import type { PngText } from '../../../engine/image/png/png-texts.ts'
import type { PictureCodec } from '../../../engine/service/pictures/picture-codec.ts'

/** A codec of PNG alone, in this process: enough where a test is about the library and not about media. */
export const plainCodec: PictureCodec & { readonly close: () => Promise<void> } = {
  encode: async (picture, texts) => encodePng(picture, texts),
  thumbnail: async (file) => file,
  decode: async (file) => decodePng(file),
  inspect: async () => {
    throw new EngineError('format-unsupported', { where: 'picture', found: 'no PNG' })
  },
  close: async () => undefined,
}

/** A PNG of RGB pixels, not filtered, with texts. */
export const encodePng = ({ width, height, data }: RawPicture, texts: readonly PngText[]): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const rows = Buffer.alloc(height * (width * 3 + 1))
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    encodeChunk('IHDR', header),
    ...texts.map((text) => encodeText(text)),
    encodeChunk('IDAT', deflateSync(rows, { level: 1 })),
    encodeChunk('IEND', new Uint8Array()),
  ])
}

const decodePng = (file: Uint8Array): RawPicture => {
  const { chunks } = readChunks(file)
  const header = Buffer.from(chunks[0]?.data ?? [])
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const rows = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)))
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) data.set(rows.subarray(y * (width * 3 + 1) + 1, (y + 1) * (width * 3 + 1)), y * width * 3) // prettier-ignore
  return { width, height, channels: 3, data }
}

/** A small picture whose bytes follow from its number. */
export const somePng = (number: number, texts: readonly PngText[] = [], side = 16): Uint8Array => {
  const data = new Uint8Array(side * side * 3).map((_, index) => (index * (number + 1) + number) % 256)
  return encodePng({ width: side, height: side, channels: 3, data }, texts)
}
