import type { Preview } from '../contract/records.ts'
import type { PreviewMap } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/**
 * A small picture of clean latents [1, C, h, w] by a linear map, one pixel per latent: rgb = bias + weights · latents.
 */
export const previewOf = ({ shape, data }: NdArray, { weights, bias }: PreviewMap): Preview => {
  const [, channels = 1, height = 1, width = 1] = shape
  const pixels = height * width
  const rgb = new Uint8Array(3 * pixels)
  for (let colour = 0; colour < 3; colour += 1) {
    const row = weights[colour] ?? []
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      let value = bias[colour] ?? 0
      for (let channel = 0; channel < channels; channel += 1)
        value += (row[channel] ?? 0) * (data[channel * pixels + pixel] ?? 0)
      rgb[3 * pixel + colour] = Math.round(255 * Math.min(1, Math.max(0, value)))
    }
  }
  return { width, height, rgb }
}
