import { EngineError } from '../../contract/failures.ts'
import { readChunks } from '../../image/png/png-chunks.ts'
import { gatherPngTexts } from '../../image/metadata/gather-texts.ts'
import type { PictureCodec, PictureFacts } from './picture-codec.ts'
import { sniffFormat } from './sniff-format.ts'

/** 50 megapixels; larger ones are not taken in. */
const mostPixels = 50_000_000

/**
 * What a picture file says of itself. PNG headers and texts are walked here, with bounds on everything; JPEG and WebP
 * go to the media process.
 *
 * @throws EngineError 'format-unsupported', 'file-malformed', 'file-unsafe' when it is larger than 50 megapixels
 */
export const readPictureFacts = async (bytes: Uint8Array, codec: PictureCodec): Promise<PictureFacts> => {
  const format = sniffFormat(bytes)
  if (format === undefined) {
    throw new EngineError('format-unsupported', {
      where: 'picture',
      found: 'a file that is neither PNG, JPEG nor WebP',
      remedy: 'Save it as PNG in another program.',
    })
  }
  const facts = format === 'png' ? readPngFacts(bytes) : await codec.inspect(bytes)
  if (facts.width * facts.height > mostPixels) {
    throw new EngineError('file-unsafe', {
      where: 'picture',
      found: `${facts.width} x ${facts.height} pixels`,
      expected: 'at most 50 megapixels',
    })
  }
  return facts
}

const readPngFacts = (bytes: Uint8Array): PictureFacts => {
  const { chunks, end } = readChunks(bytes)
  const [header] = chunks
  if (header?.type !== 'IHDR' || header.data.length < 13 || end !== 'whole') {
    throw new EngineError('file-malformed', { where: 'PNG', found: `a ${end} file`, expected: 'IHDR to IEND' })
  }
  const view = new DataView(header.data.buffer, header.data.byteOffset, header.data.byteLength)
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  if (width === 0 || height === 0) {
    throw new EngineError('file-malformed', { where: 'PNG', found: `${width} x ${height} pixels` })
  }
  return { format: 'png', width, height, texts: gatherPngTexts(bytes).texts }
}
