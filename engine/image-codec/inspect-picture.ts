import { gatherBlockTexts, gatherPngTexts } from '../image/metadata/gather-texts.ts'
import type { GatheredTexts } from '../image/metadata/gather-texts.ts'
import { recogniseFormat } from '../image/picture-format.ts'
import type { PictureFormat } from '../image/picture-format.ts'
import { checkSize, codecFailure, openPicture } from './open-picture.ts'

/** What a picture file says of itself; its pixels are not decoded. */
export interface PictureFacts extends GatheredTexts {
  readonly format: PictureFormat
  /** Of the upright picture. */
  readonly width: number
  readonly height: number
  readonly hasAlpha: boolean
}

/**
 * Reads size and texts of a picture file: texts of a PNG, EXIF and XMP of the others under the keywords a PNG would have.
 *
 * @throws EngineError 'format-unsupported'; 'file-malformed'; 'file-unsafe' when it is too large
 */
export const inspectPicture = async (file: Uint8Array): Promise<PictureFacts> => {
  const format = recogniseFormat(file)
  const { autoOrient, width, height, hasAlpha, exif, xmp } = await openPicture(file)
    .metadata()
    .catch((error: unknown) => {
      throw codecFailure('inspecting a picture', error)
    })
  checkSize('inspecting a picture', width, height)
  const texts = format === 'png' ? gatherPngTexts(file) : gatherBlockTexts({ exif, xmp })
  return { format, width: autoOrient.width, height: autoOrient.height, hasAlpha, ...texts }
}
