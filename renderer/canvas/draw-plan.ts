import { maskScale, type StudioDocument } from '../document/studio-document.ts'
import { paintOf, paintStyle } from './region-colours.ts'
import { traceTile } from './tile-image.ts'
import { coverageAt, toDense } from './tile-mask.ts'

/** The painted regions of a document as a small picture. */
export function drawPlan(canvas: HTMLCanvasElement, document: StudioDocument): void {
  const brush = canvas.getContext('2d')
  if (brush === null) return
  const scale = canvas.width / document.width / maskScale(document)
  for (const { mask, colour } of document.regions) {
    const layer = new OffscreenCanvas(mask.width, mask.height)
    const pixels = new ImageData(mask.width, mask.height)
    const [red, green, blue] = paintOf(colour)
    for (const [i, value] of toDense(mask).entries()) pixels.data.set([red, green, blue, value * 0.75], i * 4)
    layer.getContext('2d')?.putImageData(pixels, 0, 0)
    brush.setTransform(scale, 0, 0, scale, 0, 0)
    brush.drawImage(layer, 0, 0)
    brush.strokeStyle = paintStyle(colour)
    brush.lineWidth = 2.5 / scale
    for (const index of mask.tiles.keys()) {
      const path = traceTile(mask, index, (x, y) => coverageAt(mask, x, y), 8)
      if (path !== null) brush.stroke(path)
    }
  }
}
