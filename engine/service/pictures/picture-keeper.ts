import type { ImageSummary } from '../../contract/image-records.ts'
import type { Announce } from '../../contract/events.ts'
import type { MadePicture } from '../../contract/records.ts'
import { storeImageFile } from '../../library/image-files.ts'
import type { Library } from '../../library/library.ts'
import { pictureTexts } from '../../image/metadata/picture-texts.ts'
import type { PictureCodec } from './picture-codec.ts'

export interface KeeperParts {
  readonly library: Library
  readonly codec: PictureCodec
  readonly announce: Announce
  readonly now: () => number
}

/**
 * Keeps a picture that the worker made, in the one order that cannot lose it: file written and fsynced, row committed,
 * only then announced.
 *
 * @throws EngineError 'disk-full' and others of writing; then nothing was announced
 */
export const keepPicture = async (
  { library, codec, announce, now }: KeeperParts,
  { picture: pixels, recipe, coverage, marks }: MadePicture,
  made: { readonly jobId: number; readonly picture: number },
): Promise<ImageSummary> => {
  const createdMs = now()
  const origin = { library: library.uuid, createdMs, ...made }
  const measured = coverage === undefined ? {} : { coverage: [...coverage] }
  const isTold = library.settings.all()['metadata.write']
  const texts = pictureTexts({ version: 1, recipe, origin, ...measured }, isTold ? 'full' : 'share')
  const bytes = await codec.encode(pixels, texts)
  const hash = await storeImageFile(library.folders, bytes, 'png')
  const { image } = library.images.add({
    hash,
    createdMs,
    width: pixels.width,
    height: pixels.height,
    format: 'png',
    sizeBytes: bytes.byteLength,
    recipe,
    coverage,
    foreign: null,
    made,
  })
  if (marks !== undefined) library.alignment.putFirst(image.id, marks)
  announce('image.added', image)
  return image
}
