import { deflateSync } from 'node:zlib'
import type { RawPicture } from '../../../engine/contract/records.ts'
import { encodeChunk } from '../../../engine/image/png/png-chunks.ts'
import { encodeText } from '../../../engine/image/png/png-texts.ts'
import type { PngText } from '../../../engine/image/png/png-texts.ts'

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

/** A small picture whose bytes follow from its number. */
export const somePng = (number: number, texts: readonly PngText[] = [], side = 16): Uint8Array => {
  const data = new Uint8Array(side * side * 3).map((_, index) => (index * (number + 1) + number) % 256)
  return encodePng({ width: side, height: side, channels: 3, data }, texts)
}
