import { EngineError } from '../contract/failures.ts'
import { imageFormats } from '../contract/image-records.ts'
import type { MediaLink } from '../media/protocol/media-link.ts'
import type { PictureCodec } from './pictures/picture-codec.ts'

const thumbnailSide = 512

/** The media process as the service sees it. */
export const mediaCodec = (link: MediaLink): PictureCodec & { readonly close: () => Promise<void> } => ({
  encode: (picture, texts) => link.call('encode', { picture, encoding: { format: 'png' }, texts }),
  thumbnail: async (file) => (await link.call('thumbnail', { file, side: thumbnailSide })).file,
  decode: (file, channels) => link.call('decode', { file, as: channels === 1 ? 'mask' : 'rgb' }),
  inspect: async (file) => {
    const { format: found, width, height, texts } = await link.call('inspect', { file })
    const format = imageFormats.find((candidate) => candidate === found)
    if (format !== undefined) return { format, width, height, texts }
    throw new EngineError('format-unsupported', { where: 'picture', found, expected: imageFormats.join(', ') })
  },
  close: () => link.close(),
})
