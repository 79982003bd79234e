import { readFile } from 'node:fs/promises'
import { EngineError } from '../contract/failures.ts'
import type { RawPicture } from '../contract/records.ts'
import { readSettings } from '../image/metadata/read-settings.ts'
import type { MediaLink } from '../media/protocol/media-link.ts'

/** A picture to be measured, and what it says about how it was made. */
export interface ReadPicture {
  /** RGB. */
  readonly picture: RawPicture
  /** The prompt in its settings, whichever program wrote them. */
  readonly prompt: string | undefined
}

/** Heat maps have the network's own, coarse size: a larger picture would show nothing more. */
const largestSide = 2048

/**
 * Reads a picture file of any format that the media process knows; large ones are made smaller.
 *
 * @throws EngineError 'file-unreadable', and what the codec refuses
 */
export const readPicture = async (path: string, media: MediaLink): Promise<ReadPicture> => {
  const file = await readPictureFile('picture', path)
  const { width, height, texts } = await media.call('inspect', { file })
  const isLarge = Math.max(width, height) > largestSide
  const fit = { width: largestSide, height: largestSide, how: 'inside' } as const
  const picture = await media.call('decode', { file, as: 'rgb', ...(isLarge && { fit }) })
  return { picture, prompt: readSettings(texts).foreign?.prompt?.value }
}

/** @throws EngineError 'file-unreadable' */
export const readPictureFile = (where: string, path: string): Promise<Uint8Array> =>
  readFile(path).catch((cause: unknown) => {
    throw new EngineError(
      'file-unreadable',
      { where, found: `${path} cannot be read`, expected: 'a picture file' },
      { cause },
    )
  })
