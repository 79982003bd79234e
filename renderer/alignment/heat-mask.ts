import { fromDense, type TileMask } from '../canvas/tile-mask.ts'
import type { Size } from '../canvas/geometry.ts'
import { heatAt, type HeatGrid } from './heat-grid.ts'

/** How far the edge of a mask made of heat is softened, in heat. */
const softness = 0.04

/** Where a word is hotter than `edge`, as something painted; its rim is soft. */
export function heatMask(grid: HeatGrid, edge: number, { width, height }: Size): TileMask {
  const dense = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const heat = heatAt(grid, ((x + 0.5) * grid.width) / width, ((y + 0.5) * grid.height) / height)
      const share = Math.min(1, Math.max(0, 0.5 + (heat - edge) / (2 * softness)))
      dense[y * width + x] = Math.round(255 * share)
    }
  }
  return fromDense(dense, { width, height })
}
