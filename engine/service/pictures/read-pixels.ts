import { EngineError } from '../../contract/failures.ts'
import type { RawPicture } from '../../contract/records.ts'
import type { Size } from '../../image/resize.ts'
import type { Library } from '../../library/library.ts'
import type { PictureCodec } from './picture-codec.ts'
import { PictureFiles } from './picture-files.ts'

/**
 * The pixels of a picture of the library as RGB, by its id as a request writes it. Never by a path.
 *
 * @throws EngineError 'not-found', and the codec's own
 */
export const readPixels = async (
  library: Library,
  codec: PictureCodec,
  id: string,
): Promise<{ readonly pixels: RawPicture; readonly hash: string }> => {
  const { bytes, hash } = await new PictureFiles(library, codec).read(pictureId(id), 'original')
  return { pixels: await codec.decode(bytes, 3), hash }
}

/** The size of a picture of the library, by its id as a request writes it, in pixels. @throws EngineError 'not-found' */
export const sizeOfPicture = (library: Library, id: string): Size => {
  const { width, height } = library.images.summary(pictureId(id))
  return { width, height }
}

const pictureId = (id: string): number => {
  if (/^[1-9][0-9]{0,15}$/.test(id)) return Number(id)
  throw new EngineError('not-found', { where: 'start picture', found: 'no picture of that id', expected: 'an id' })
}

/**
 * The pixels of a mask that a document holds: one channel, white inside.
 *
 * @param hash  the mask's SHA-256, as a layout of the window names it
 * @throws EngineError 'not-found', and the codec's own
 */
export const readMask = (library: Library, codec: PictureCodec, hash: string): Promise<RawPicture> =>
  codec.decode(library.blobs.get(hash), 1)
