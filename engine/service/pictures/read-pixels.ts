import { EngineError } from '../../contract/failures.ts'
import type { RawPicture } from '../../contract/records.ts'
import type { Library } from '../../library/library.ts'
import type { PictureCodec } from './picture-codec.ts'
import { PictureFiles } from './picture-files.ts'

/**
 * The pixels of a picture of the library as RGB, by its id as a request writes it. Never by a path.
 *
 * @throws EngineError 'not-found', and the codec's own
 */
export const readPixels = async (library: Library, codec: PictureCodec, id: string): Promise<RawPicture> => {
  if (!/^[1-9][0-9]{0,15}$/.test(id)) {
    throw new EngineError('not-found', { where: 'start picture', found: 'no picture of that id', expected: 'an id' })
  }
  const { bytes } = await new PictureFiles(library, codec).read(Number(id), 'original')
  return codec.decode(bytes, 3)
}
