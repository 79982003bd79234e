import { EngineError } from '../contract/failures.ts'

/** The formats that are opened. Everything else is refused, SVG above all: it is a program, not a picture. */
export const pictureFormats = ['png', 'jpeg', 'webp', 'avif', 'tiff', 'gif'] as const
export type PictureFormat = (typeof pictureFormats)[number]

/**
 * The format that the first bytes say, whatever the file is called.
 *
 * @throws EngineError 'format-unsupported' that names the format where it is a well-known one
 */
export const recogniseFormat = (bytes: Uint8Array): PictureFormat => {
  const start = Buffer.from(bytes.subarray(0, 1024)).toString('latin1')
  const format = formats.find(([, looksLikeIt]) => looksLikeIt(start))?.[0]
  if (format !== undefined) return format
  const name = refused.find(([, pattern]) => pattern.test(start))?.[0]
  throw new EngineError('format-unsupported', {
    where: 'picture',
    found: bytes.length === 0 ? 'an empty file' : name === undefined ? 'an unknown format' : `a file in ${name} format`,
    expected: 'PNG, JPEG, WebP, AVIF, TIFF or GIF',
    remedy: 'Save it as PNG in another program.',
  })
}

const formats: readonly (readonly [PictureFormat, (start: string) => boolean])[] = [
  ['png', (start) => start.startsWith('\x89PNG\r\n\x1a\n')],
  ['jpeg', (start) => start.startsWith('\xff\xd8\xff')],
  ['webp', (start) => start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP'],
  ['gif', (start) => start.startsWith('GIF87a') || start.startsWith('GIF89a')],
  ['tiff', (start) => start.startsWith('II*\0') || start.startsWith('MM\0*')],
  ['avif', (start) => brands(start).some((brand) => brand === 'avif' || brand === 'avis')],
]

const refused: readonly (readonly [string, RegExp])[] = [
  ['HEIC', /^[\s\S]{4}ftyp(?:heic|heix|hevc|mif1|msf1)/],
  ['SVG', /^\ufeff?(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE svg|svg)/i],
  ['HTML', /^\s*<(?:!DOCTYPE html|html)/i],
  ['PDF', /^%PDF/],
  ['Photoshop', /^8BPS/],
  ['BMP', /^BM/],
  ['JPEG XL', /^(?:\xff\x0a|\0\0\0\x0cJXL )/],
  ['JPEG 2000', /^(?:\xff\x4f\xff\x51|\0\0\0\x0cjP )/],
  ['icon', /^\0\0[\x01\x02]\0/],
  ['OpenEXR', /^v\/1\x01/],
  ['ZIP or pickle', /^(?:PK|\x80[\x02-\x05])/],
]

/** The brands of an ISO media file: what it says it can be read as. */
const brands = (start: string): readonly string[] => {
  if (start.slice(4, 8) !== 'ftyp') return []
  const size = [...start.slice(0, 4)].reduce((sum, sign) => sum * 256 + sign.charCodeAt(0), 0)
  const body = start.slice(8, Math.min(size, 200))
  return Array.from({ length: Math.floor(body.length / 4) }, (_, i) => body.slice(i * 4, i * 4 + 4))
}
