import { EngineError } from '../contract/failures.ts'
import type { RawPicture } from '../contract/records.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/**
 * The picture a decoder's output stands for, rounded as diffusers does: clip(x / 2 + 0.5, 0, 1) * 255 in float32, halves
 * to the even neighbour.
 *
 * @param image  [1, 3, H, W] or [1, 1, H, W], -1 black … 1 white; anything beyond is clipped
 * @returns      RGB or grey
 * @throws EngineError 'shape-mismatch'; 'numbers-not-finite' when a value is NaN
 * @source diffusers VaeImageProcessor: denormalize, pt_to_numpy, numpy_to_pil
 */
export const toPixels = ({ shape, data }: NdArray): RawPicture => {
  const [batch, channels, height, width] = shape
  if (shape.length !== 4 || batch !== 1 || (channels !== 1 && channels !== 3) || !height || !width) {
    throw shapeMismatch('toPixels', shape, '[1, 1 or 3, H, W]')
  }
  const area = width * height
  const bytes = new Uint8Array(area * channels)
  for (let channel = 0; channel < channels; channel++) {
    const plane = data.subarray(channel * area, (channel + 1) * area)
    for (let i = 0; i < area; i++) bytes[i * channels + channel] = toByte(plane[i] ?? NaN)
  }
  return { width, height, channels, data: bytes }
}

/**
 * The tensor an encoder takes, -1 black … 1 white, as diffusers makes it from a PIL image: 2 * (byte / 255) - 1 in
 * float32.
 *
 * @param picture  grey (repeated to three channels) or RGB; a picture with alpha has to be put on a background first
 * @returns        [1, 3, H, W]
 * @throws EngineError 'shape-mismatch'
 */
export const toTensor = (picture: RawPicture): NdArray => {
  const { width, height, channels, data } = checkedPicture(picture)
  if (channels === 4) throw shapeMismatch('toTensor', [height, width, channels], '1 or 3 channels')
  const area = width * height
  const values = new Float32Array(3 * area)
  for (let channel = 0; channel < 3; channel++) {
    const source = channels === 1 ? 0 : channel
    for (let i = 0; i < area; i++) values[channel * area + i] = signed[data[i * channels + source] ?? 0] ?? 0
  }
  return { shape: [1, 3, height, width], data: values }
}

/**
 * The brightness of a mask, 0 black … 1 white.
 *
 * @param picture  grey; RGB (mean of the channels); or with alpha, whose alpha alone is the mask
 * @returns        [H, W]
 */
export const toMask = (picture: RawPicture): NdArray => {
  const { width, height, channels, data } = checkedPicture(picture)
  const values = new Float32Array(width * height)
  for (let i = 0; i < values.length; i++) {
    const at = i * channels
    const [first = 0, second = 0, third = 0, alpha = 0] = data.subarray(at, at + channels)
    const sum = channels === 1 ? first * 3 : channels === 3 ? first + second + third : alpha * 3
    values[i] = sum / 765
  }
  return { shape: [height, width], data: values }
}

/**
 * A mask as a grey picture.
 *
 * @param mask  [H, W], 0 black … 1 white; anything beyond is clipped
 */
export const fromMask = ({ shape, data }: NdArray): RawPicture => {
  const [height, width] = shape
  if (shape.length !== 2 || !height || !width) throw shapeMismatch('fromMask', shape, '[H, W]')
  return { width, height, channels: 1, data: Uint8Array.from(data, (value) => toByte(value * 2 - 1)) }
}

/**
 * Puts a picture with alpha on a background, in plain (gamma) arithmetic as image programs do.
 *
 * @param background  red, green, blue, 0 … 255; default white
 * @returns           RGB; grey and RGB pictures come back as RGB without change
 */
export const flatten = (picture: RawPicture, background: readonly [number, number, number] = [255, 255, 255]) => {
  const { width, height, channels, data } = checkedPicture(picture)
  if (channels === 3) return { ...picture, channels }
  const bytes = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const alpha = channels === 4 ? (data[i * 4 + 3] ?? 0) / 255 : 1
    for (let channel = 0; channel < 3; channel++) {
      const value = data[channels === 4 ? i * 4 + channel : i] ?? 0
      bytes[i * 3 + channel] = Math.round(value * alpha + (background[channel] ?? 0) * (1 - alpha))
    }
  }
  return { width, height, channels: 3, data: bytes } satisfies RawPicture
}

/**
 * The picture itself, once its bytes are known to be as many as its sides say.
 *
 * @throws EngineError 'shape-mismatch'
 */
export const checkedPicture = (picture: RawPicture): RawPicture => {
  const { width, height, channels, data } = picture
  const isWhole = [width, height].every((side) => Number.isSafeInteger(side) && side > 0)
  if (isWhole && data.length === width * height * channels) return picture
  throw new EngineError('shape-mismatch', {
    where: 'picture',
    found: `${data.length} bytes for ${width} x ${height} pixels with ${channels} channels`,
    expected: `${width * height * channels}`,
  })
}

const signed = Float32Array.from({ length: 256 }, (_, byte) => Math.fround(byte / 255) * 2 - 1)

const toByte = (value: number): number => {
  if (Number.isNaN(value)) {
    throw new EngineError('numbers-not-finite', {
      where: 'toPixels',
      found: 'a pixel that is not a number',
      remedy: 'The network overflowed: try 32-bit weights or another seed.',
    })
  }
  const scaled = Math.fround(Math.fround(Math.min(1, Math.max(0, Math.fround(value / 2 + 0.5)))) * 255)
  const floor = Math.floor(scaled)
  const rest = scaled - floor
  if (rest === 0.5) return floor + (floor % 2)
  return rest > 0.5 ? floor + 1 : floor
}

const shapeMismatch = (where: string, shape: readonly number[], expected: string): EngineError =>
  new EngineError('shape-mismatch', { where, found: `shape [${shape.join(', ')}]`, expected })
