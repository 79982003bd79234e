import { codecFailure, openPicture } from './open-picture.ts'

export interface Thumbnail {
  /** WebP, without any metadata. */
  readonly file: Uint8Array
  readonly width: number
  readonly height: number
}

/**
 * A small copy of a picture file, upright and in sRGB; smaller pictures are not enlarged.
 *
 * @param side  the longer side at most, in pixels
 * @throws EngineError as `decodePicture`
 */
export const makeThumbnail = async (file: Uint8Array, side: number): Promise<Thumbnail> => {
  const box = { width: side, height: side, fit: 'inside', withoutEnlargement: true } as const
  try {
    const small = openPicture(file).autoOrient().resize(box).toColourspace('srgb').webp({ quality: 80 })
    const { data, info } = await small.toBuffer({ resolveWithObject: true })
    return { file: data, width: info.width, height: info.height }
  } catch (error) {
    throw codecFailure('making a thumbnail', error)
  }
}
