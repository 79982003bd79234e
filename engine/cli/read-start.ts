import { EngineError } from '../contract/failures.ts'
import type { ImageStart, RawPicture } from '../contract/records.ts'
import type { MediaLink } from '../media/protocol/media-link.ts'
import { readPictureFile } from './read-picture.ts'

/** A picture that another one starts from, with its masks. */
export interface OpenedStart {
  /** As it was asked for, with the hash of each mask's file in place of its path, as in a recipe of the studio. */
  readonly image: ImageStart
  /** RGB, at its own size. */
  readonly picture: RawPicture
  /** SHA-256 of the picture's file. */
  readonly hash: string
  /** One for each mask; one channel, white where the picture may change. */
  readonly changeMasks: readonly RawPicture[]
}

/**
 * Reads the files that `--image` and `--mask` name.
 *
 * @throws EngineError 'file-unreadable', and what the codec refuses, naming flag and file
 */
export const readStart = async (image: ImageStart, media: MediaLink): Promise<OpenedStart> => {
  const picture = await read('--image', image.source, 'rgb', media)
  const masks = await Promise.all((image.masks ?? []).map(({ file }) => read('--mask', file, 'mask', media)))
  const named = image.masks?.map((mask, i) => ({ ...mask, file: masks[i]?.hash ?? mask.file }))
  return {
    image: { ...image, ...(named !== undefined && { masks: named }) },
    picture: picture.pixels,
    hash: picture.hash,
    changeMasks: masks.map(({ pixels }) => pixels),
  }
}

const read = async (flag: string, path: string, as: 'rgb' | 'mask', media: MediaLink) => {
  const file = await readPictureFile(flag, path)
  try {
    const [pixels, hash] = await Promise.all([media.call('decode', { file, as }), media.call('hash', { file })])
    return { pixels, hash }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    throw new EngineError(error.code, { ...error.facts, where: `${flag} ${path}` }, { cause: error })
  }
}

interface Sized {
  readonly width: number
  readonly height: number
}

/** Says that a start picture was brought to another size; undefined when it was not. */
export const resizedSentence = (from: Sized, to: Sized): string | undefined => {
  if (from.width === to.width && from.height === to.height) return undefined
  const stretched = (to.width / from.width) * (from.height / to.height)
  const said = `The start picture was resized from ${from.width} x ${from.height} to ${to.width} x ${to.height}`
  // Less is what rounding to the sizes that a model can draw makes of it.
  if (Math.abs(Math.log(stretched)) < Math.log(1.1)) return `${said}.`
  return `${said}, which stretches it: a --size of its own shape keeps it.`
}
