import type { Sharp } from 'sharp'
import type { RawPicture } from '../contract/records.ts'
import { checkSize, codecFailure, openPicture } from './open-picture.ts'

/** `rgb`: transparent parts on white. `mask`: one channel, see `decodePicture`. */
export type DecodeAs = 'rgb' | 'rgba' | 'mask'

export interface Fit {
  readonly width: number
  readonly height: number
  /** `inside` keeps all of the picture and its shape, `cover` fills the size and cuts, `fill` distorts. */
  readonly how: 'inside' | 'cover' | 'fill'
}

/**
 * Decodes a picture file to 8 bits in sRGB, turned upright by its EXIF orientation, converted by its colour profile.
 * A mask is the alpha channel where anything is transparent, else the mean of the colours.
 *
 * @param fit  resized so, with a Lanczos kernel (masks: cubic); default: as it is
 * @throws EngineError 'format-unsupported', 'file-malformed', 'file-unsafe' (too large, too slow)
 */
export const decodePicture = async (file: Uint8Array, as: DecodeAs, fit?: Fit): Promise<RawPicture> => {
  const upright = fitted(openPicture(file).autoOrient(), fit, as).toColourspace('srgb')
  if (as === 'rgb') return toRaw(upright.flatten({ background: '#ffffff' }), 3)
  const picture = await toRaw(upright.ensureAlpha(), 4)
  return as === 'mask' ? toMaskPicture(picture) : picture
}

const fitted = (pipeline: Sharp, fit: Fit | undefined, as: DecodeAs): Sharp =>
  fit === undefined
    ? pipeline
    : pipeline.resize({
        width: fit.width,
        height: fit.height,
        fit: fit.how,
        kernel: as === 'mask' ? 'cubic' : 'lanczos3',
      })

const toRaw = async (pipeline: Sharp, channels: 3 | 4): Promise<RawPicture> => {
  try {
    const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
    checkSize('decoding a picture', info.width, info.height)
    return { width: info.width, height: info.height, channels, data }
  } catch (error) {
    throw codecFailure('decoding a picture', error)
  }
}

const toMaskPicture = ({ width, height, data }: RawPicture): RawPicture => {
  const mask = new Uint8Array(width * height)
  let isTransparent = false
  for (let i = 0; i < mask.length && !isTransparent; i++) isTransparent = data[i * 4 + 3] !== 255
  for (let i = 0; i < mask.length; i++) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(i * 4, i * 4 + 4)
    mask[i] = isTransparent ? alpha : Math.round((red + green + blue) / 3)
  }
  return { width, height, channels: 1, data: mask }
}
