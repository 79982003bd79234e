import sharp from 'sharp'
import type { RawPicture } from '../../engine/contract/records.ts'

/** A picture as PNG bytes. */
export const encodePng = ({ width, height, channels, data }: RawPicture): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels } }).png().toBuffer()
