import type { RawPicture } from '../contract/records.ts'
import { EngineError } from '../contract/failures.ts'
import { checkedPicture, flatten } from './pixels.ts'

/** Black over purple and orange to light yellow: brighter with every step, also for the colour-blind. */
const stops = [
  [0, 0, 4],
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
] as const

/** Cold places stay visible as a dimmed picture. */
const dimmed = 0.45

/**
 * A picture with a heat map laid over it: the hotter a place, the more of the heat's colour.
 *
 * @param heat  grey, of the picture's size; 0 cold … 255 hot
 * @returns     RGB
 * @throws EngineError 'shape-mismatch' when the sizes differ
 */
export const heatOverlay = (picture: RawPicture, heat: RawPicture): RawPicture => {
  const { width, height, data } = flatten(picture)
  checkedPicture(heat)
  if (heat.width !== width || heat.height !== height || heat.channels !== 1) {
    throw new EngineError('shape-mismatch', {
      where: 'heatOverlay',
      found: `heat of ${heat.width} x ${heat.height} with ${heat.channels} channels`,
      expected: `${width} x ${height} with 1`,
    })
  }
  const bytes = new Uint8Array(data.length)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const share = (heat.data[pixel] ?? 0) / 255
    const colour = colourOf(share)
    for (let channel = 0; channel < 3; channel++) {
      const plain = (data[pixel * 3 + channel] ?? 0) * (dimmed + (1 - dimmed) * share)
      const at = pixel * 3 + channel
      bytes[at] = Math.round(plain * (1 - 0.7 * share) + (colour[channel] ?? 0) * 0.7 * share)
    }
  }
  return { width, height, channels: 3, data: bytes }
}

const colourOf = (share: number): readonly number[] => {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1)
  const below = Math.min(stops.length - 2, Math.floor(at))
  const rest = at - below
  return [0, 1, 2].map((channel) => {
    const from = stops[below]?.[channel] ?? 0
    const to = stops[below + 1]?.[channel] ?? 0
    return from + (to - from) * rest
  })
}
