import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { EngineError } from '../contract/failures.ts'
import type { RawPicture } from '../contract/records.ts'
import { insertTexts } from '../image/metadata/change-texts.ts'
import { writeUserComment } from '../image/metadata/exif.ts'
import { parametersKeyword, xmpKeyword } from '../image/metadata/picture-texts.ts'
import { checkedPicture } from '../image/pixels.ts'
import { changeChunks, encodeChunk } from '../image/png/png-chunks.ts'
import type { PngText } from '../image/png/png-texts.ts'
import { codecFailure } from './open-picture.ts'

/** `lossless` and `quality` (1 … 100) where the format has them; defaults are visually lossless. */
export type Encoding =
  | { readonly format: 'png' }
  | { readonly format: 'jpeg'; readonly quality?: number | undefined }
  | { readonly format: 'webp'; readonly quality?: number | undefined; readonly lossless?: boolean | undefined }
  | { readonly format: 'avif'; readonly quality?: number | undefined; readonly lossless?: boolean | undefined }

/**
 * Encodes pixels (sRGB) as a file with texts in it. A PNG takes them all; the other formats take `parameters` as EXIF
 * UserComment and the XMP packet, which is what other programs read there, and no more. JPEG knows no transparency:
 * transparent parts become white.
 *
 * @throws EngineError 'shape-mismatch'; 'bad-argument' when the texts are too long for a format other than PNG
 */
export const encodePicture = async (
  picture: RawPicture,
  encoding: Encoding,
  texts: readonly PngText[],
): Promise<Uint8Array> => {
  const { width, height, channels, data } = checkedPicture(picture)
  const pixels = sharp(data, { raw: { width, height, channels } })
  try {
    if (encoding.format === 'png') return insertTexts(await pixels.png(pngOptions).toBuffer(), texts)
    const described = await withBlocks(pixels, texts)
    return await encodeOther(described, encoding).toBuffer()
  } catch (error) {
    throw codecFailure('encoding a picture', error)
  }
}

/** Measured at 512 px: filtering by row halves the file for 8 ms more. */
const pngOptions = { compressionLevel: 6, adaptiveFiltering: true } as const

const encodeOther = (pipeline: Sharp, encoding: Exclude<Encoding, { format: 'png' }>): Sharp => {
  const { format, quality = 92 } = encoding
  switch (format) {
    case 'jpeg':
      return pipeline.flatten({ background: '#ffffff' }).jpeg({ quality, chromaSubsampling: '4:4:4' })
    case 'webp':
      return pipeline.webp({ quality, lossless: encoding.lossless ?? false })
    case 'avif':
      return pipeline.avif({ quality, lossless: encoding.lossless ?? false, effort: 3, chromaSubsampling: '4:4:4' })
    default:
      return format satisfies never
  }
}

/** A JPEG segment holds 64 KiB, and libexif takes no more for any format. */
const maxBlockBytes = 65_000

/**
 * libvips takes EXIF only from an input file, so the pixels go through an uncompressed PNG that carries the block.
 */
const withBlocks = async (pixels: Sharp, texts: readonly PngText[]): Promise<Sharp> => {
  const textOf = (keyword: string): string | undefined => texts.find((text) => text.keyword === keyword)?.text
  const [parameters, xmp] = [textOf(parametersKeyword), textOf(xmpKeyword)]
  const exif = parameters === undefined ? undefined : writeUserComment(parameters)
  const largest = Math.max(exif?.length ?? 0, xmp?.length ?? 0)
  if (largest > maxBlockBytes) {
    throw new EngineError('bad-argument', {
      where: 'encoding a picture',
      found: `a prompt and settings of ${largest} bytes`,
      expected: `at most ${maxBlockBytes} in any format but PNG`,
      remedy: 'Save it as PNG, or without its settings.',
    })
  }
  const source = exif === undefined ? pixels : await throughPng(pixels, exif)
  return xmp === undefined ? source : source.withXmp(xmp)
}

const throughPng = async (pixels: Sharp, exif: Uint8Array): Promise<Sharp> => {
  const png = await pixels.png({ compressionLevel: 0 }).toBuffer()
  return sharp(changeChunks(png, { insert: [encodeChunk('eXIf', exif)] })).keepExif()
}
