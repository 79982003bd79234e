import { deflateSync } from 'node:zlib'
import { encodeChunk } from '../../../../engine/image/png/png-chunks.ts'

/** A valid grey PNG of 2 x 2 pixels, made by hand, with `chunks` before its pixels and `after` behind them. */
export const tinyPng = (chunks: readonly Uint8Array[] = [], after: readonly Uint8Array[] = []): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(2, 0)
  header.writeUInt32BE(2, 4)
  header[8] = 8
  const pixels = deflateSync(Uint8Array.of(0, 0, 85, 0, 170, 255))
  return new Uint8Array(
    Buffer.concat([
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      encodeChunk('IHDR', header),
      ...chunks,
      encodeChunk('IDAT', pixels),
      ...after,
      encodeChunk('IEND', new Uint8Array()),
    ]),
  )
}

/** A text chunk as other programs write it: any bytes for a text. */
export const rawText = (type: 'tEXt' | 'zTXt' | 'iTXt', keyword: string, body: Uint8Array): Uint8Array =>
  encodeChunk(type, Buffer.concat([Buffer.from(`${keyword}\0`, 'latin1'), body]))

/** A valid black PNG of one bit per pixel: a few KB as a file, anything when decoded. */
export const hugePng = (width: number, height: number): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height))
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
  const chunks = [encodeChunk('IHDR', header), encodeChunk('IDAT', rows), encodeChunk('IEND', new Uint8Array())]
  return new Uint8Array(Buffer.concat([signature, ...chunks]))
}
