import sharp from 'sharp'
import type { Sharp } from 'sharp'
import type { RawPicture } from '../../../engine/contract/records.ts'

/** A smooth coloured picture, so that lossy formats keep it well. */
export const gradient = (width: number, height: number, channels: 3 | 4 = 3): RawPicture => {
  const data = new Uint8Array(width * height * channels)
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)]
    const colour = [40 + (180 * x) / width, 200 - (150 * y) / height, 60 + (120 * (x + y)) / (width + height)]
    data.set([...colour, Math.floor((255 * x) / width)].slice(0, channels), i * channels)
  }
  return { width, height, channels, data }
}

/** The picture in sharp, to make files that Attune itself never writes. */
export const inSharp = ({ width, height, channels, data }: RawPicture): Sharp =>
  sharp(data, { raw: { width, height, channels } })
