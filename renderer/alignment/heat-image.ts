import { colourHeat, type HeatGrid } from './heat-grid.ts'
import type { HeatPalette } from './heat-palettes.ts'

/** Heat maps as pictures: each coloured once for each palette, and forgotten with its map. */
export class HeatImages {
  readonly #made = new WeakMap<HeatGrid, Map<HeatPalette, OffscreenCanvas>>()

  get(grid: HeatGrid, palette: HeatPalette): OffscreenCanvas {
    const images = this.#made.get(grid) ?? new Map<HeatPalette, OffscreenCanvas>()
    this.#made.set(grid, images)
    const image = images.get(palette) ?? draw(grid, palette)
    images.set(palette, image)
    return image
  }
}

function draw(grid: HeatGrid, palette: HeatPalette): OffscreenCanvas {
  const { width, height, data } = colourHeat(grid, palette)
  const canvas = new OffscreenCanvas(width, height)
  canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0)
  return canvas
}
