import { readChunks } from '../png/png-chunks.ts'
import { readTexts } from '../png/png-texts.ts'
import type { PngText, SkippedText } from '../png/png-texts.ts'
import { readExif } from './exif.ts'
import { parametersKeyword, xmpKeyword } from './picture-texts.ts'

/** The texts of a picture of any format, under the keywords that a PNG would have. */
export interface GatheredTexts {
  readonly texts: readonly PngText[]
  readonly skipped: readonly SkippedText[]
}

/** The blocks of a picture that is not a PNG, as its decoder hands them out. */
export interface MetadataBlocks {
  readonly exif?: Uint8Array | undefined
  readonly xmp?: Uint8Array | undefined
}

/** The texts of a PNG, and of its EXIF block when it has one. Never throws. */
export const gatherPngTexts = (png: Uint8Array): GatheredTexts => {
  const { texts, skipped } = readTexts(png)
  const exif = readChunks(png).chunks.find(({ type }) => type === 'eXIf')?.data
  return { texts: [...texts, ...(exif === undefined ? [] : exifTexts(exif))], skipped }
}

/** The texts of the EXIF and XMP blocks of a JPEG, WebP, AVIF or TIFF. Never throws. */
export const gatherBlockTexts = ({ exif, xmp }: MetadataBlocks): GatheredTexts => {
  const texts = exif === undefined ? [] : exifTexts(exif)
  if (xmp === undefined) return { texts, skipped: [] }
  if (xmp.length > maxXmpBytes) return { texts, skipped: [{ keyword: xmpKeyword, reason: 'too-large' }] }
  return { texts: [...texts, { keyword: xmpKeyword, text: new TextDecoder().decode(xmp) }], skipped: [] }
}

const maxXmpBytes = 1_000_000

/** ComfyUI keeps its texts in Make and Model, with the keyword in front; everybody else in UserComment. */
const exifTexts = (block: Uint8Array): readonly PngText[] => {
  const { userComment, imageDescription, make, model, software } = readExif(block)
  const comfy = [make, model, imageDescription].flatMap((text) => {
    const [, keyword, value] = /^(prompt|workflow):\s*([{[][\s\S]*)$/i.exec(text ?? '') ?? []
    return keyword === undefined || value === undefined ? [] : [{ keyword: keyword.toLowerCase(), text: value }]
  })
  const comment = userComment ?? imageDescription
  return [
    ...comfy,
    ...(comment === undefined ? [] : [{ keyword: parametersKeyword, text: comment }]),
    ...(software === undefined ? [] : [{ keyword: 'Software', text: software }]),
  ]
}
