import { fillRect } from '../canvas/fill-shape.ts'
import { type Rect, scaleRect } from '../canvas/geometry.ts'
import { coverageAt, type TileMask } from '../canvas/tile-mask.ts'
import { maskScale, newRegion, type Region, type StudioDocument } from '../document/studio-document.ts'
import { heatAt, type HeatGrid } from './heat-grid.ts'

/** Sides of a proposed region, and how finely places are tried, as shares of the picture. */
const side = 0.36
const stride = 0.08

/**
 * A region for words that have none: the place of the picture where the least is painted and the other words are coldest.
 * Of places that are equally free, the one nearest to the middle.
 *
 * @param others  maps of the words that shall keep their places
 */
export function proposeRegion(
  document: StudioDocument,
  { id, phrase, others }: { readonly id: string; readonly phrase: string; readonly others: readonly HeatGrid[] },
): Region {
  const region = newRegion(document, id, phrase)
  const place = freestPlace(document, others)
  const inPicture: Rect = {
    x: place.x * document.width,
    y: place.y * document.height,
    width: side * document.width,
    height: side * document.height,
  }
  return { ...region, mask: fillRect(region.mask, scaleRect(inPicture, maskScale(document)), 'add') }
}

function freestPlace(
  document: StudioDocument,
  others: readonly HeatGrid[],
): { readonly x: number; readonly y: number } {
  const starts = Array.from({ length: Math.floor((1 - side) / stride) + 1 }, (_, i) => i * stride)
  const places = starts.flatMap((y) => starts.map((x) => ({ x, y })))
  const costs = places.map((place) => costOf(place, document, others))
  const least = Math.min(...costs)
  return places[costs.indexOf(least)] ?? { x: 0, y: 0 }
}

/** What lies at a place: painted areas count whole, other words by their heat, the way to the middle a little. */
function costOf(
  { x, y }: { readonly x: number; readonly y: number },
  { regions }: StudioDocument,
  others: readonly HeatGrid[],
): number {
  let cost = 0
  for (let row = 0; row < 6; row++) {
    for (let column = 0; column < 6; column++) {
      const [atX, atY] = [x + (side * (column + 0.5)) / 6, y + (side * (row + 0.5)) / 6]
      const painted = regions.some(({ mask, isVisible }) => isVisible && isPainted(mask, atX, atY))
      const hottest = Math.max(0, ...others.map((grid) => heatAt(grid, atX * grid.width, atY * grid.height)))
      cost += painted ? 2 : hottest
    }
  }
  return cost / 36 + 0.05 * Math.hypot(x + side / 2 - 0.5, y + side / 2 - 0.5)
}

const isPainted = (mask: TileMask, x: number, y: number): boolean =>
  coverageAt(mask, x * mask.width, y * mask.height) > 127
