import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { EngineError } from '../contract/failures.ts'
import { recogniseFormat } from '../image/picture-format.ts'

/** 50 megapixels; sharp's own default would be five times that. */
const maxPixels = 50_000_000
/** No format that Attune writes goes further, and no real picture does. */
const maxSide = 65_536
const decodeSeconds = 8

/**
 * Makes sharp refuse every format but those of `recogniseFormat`, whatever a file claims to be, and every file by path;
 * keeps nothing in memory between pictures. Call it once when the process starts.
 */
export const restrictSharp = (): void => {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({
    operation: [
      ...['VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadWebpBuffer'],
      ...['VipsForeignLoadHeifBuffer', 'VipsForeignLoadTiffBuffer', 'VipsForeignLoadNsgifBuffer'],
    ],
  })
  sharp.cache(false)
}

/**
 * A picture file, ready for one pipeline: first frame only, bounded in pixels and time, damage is an error.
 *
 * @throws EngineError 'format-unsupported' by its first bytes
 */
export const openPicture = (file: Uint8Array): Sharp => {
  recogniseFormat(file)
  const options = { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true, pages: 1 } as const
  return sharp(file, options).timeout({ seconds: decodeSeconds })
}

/**
 * Passes a size that Attune can work with.
 *
 * @throws EngineError 'file-unsafe' above 50 megapixels or 65,536 pixels on a side
 */
export const checkSize = (where: string, width: number, height: number): void => {
  if (width * height <= maxPixels && Math.max(width, height) <= maxSide) return
  throw new EngineError('file-unsafe', {
    where,
    found: `${width} x ${height} pixels`,
    expected: `at most ${maxPixels / 1_000_000} megapixels and ${maxSide} on a side`,
    remedy: 'Make it smaller in another program.',
  })
}

/** What libvips complained about, in our terms. */
export const codecFailure = (where: string, error: unknown): EngineError => {
  if (error instanceof EngineError) return error
  const found = error instanceof Error ? error.message : String(error)
  if (/pixel limit|too large|exceeds/i.test(found)) {
    const expected = `at most ${maxPixels / 1_000_000} megapixels`
    return new EngineError('file-unsafe', { where, found, expected }, { cause: error })
  }
  if (/timeout/i.test(found)) {
    return new EngineError('file-unsafe', { where, found, expected: 'less time', reason: 'timeout' }, { cause: error })
  }
  const remedy = 'The file is damaged or cut off: get it again from where it came.'
  return new EngineError('file-malformed', { where, found, remedy }, { cause: error })
}
