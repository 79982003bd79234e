import { heatedWord, regionOfWord, shownHeat } from '../../actions/read-heat.ts'
import { documentInHand, layerInHand } from '../../actions/shown-result.ts'
import { heatEdge, type HeatGrid } from '../../alignment/heat-grid.ts'
import { brushRadius } from '../../canvas/brush.ts'
import type { Point } from '../../canvas/geometry.ts'
import type { OverlayScene } from '../../canvas/overlay.ts'
import type { PaintScene, ShownRegion } from '../../canvas/paint-surface.ts'
import { maskColour } from '../../canvas/region-colours.ts'
import type { PictureScene } from '../../canvas/picture-surface.ts'
import { maskScale } from '../../document/studio-document.ts'
import type { StudioState } from '../../state/studio-state.svelte.ts'
import { heldRect } from '../../tools/move-tool.ts'
import { type Gesture, noPreview } from '../../tools/tool.ts'
import { paintByKeys } from './paint-by-keys.ts'
import { shownPictures, sizeFactor } from './stage-scene.ts'

/** Colours that the canvas takes from the page's tokens. */
export interface StageTheme {
  readonly film: string
  readonly blank: string
  readonly dot: string
}

export function readTheme(element: Element): StageTheme {
  const style = getComputedStyle(element)
  const read = (name: string): string => style.getPropertyValue(name).trim()
  return { film: read('--pit'), blank: read('--paperblank'), dot: read('--line-2') }
}

/** What a hand does on the stage at this moment. */
export interface StageMoment {
  readonly gesture: Gesture | null
  /** Where the pointer is, CSS pixels of the stage. */
  readonly cursor: Point | null
  readonly isHand: boolean
  readonly isComparing: boolean
  readonly pixelRatio: number
  readonly theme: StageTheme
}

const hatchStrength = 0.16

/** Tracing paper lies only between a picture and a plan. */
export const hasFilm = (studio: StudioState): boolean =>
  shownPictures(studio).pictures.length > 0 &&
  [...studio.document.current.regions, ...studio.document.current.masks].some(
    ({ isVisible, mask }) => isVisible && mask.tiles.size > 0,
  )

/** Everything the surface of regions needs to draw itself. */
export function paintScene(studio: StudioState, moment: StageMoment): PaintScene {
  const { view, document } = studio
  const isHeated = shownHeat(studio) !== undefined
  return {
    picture: document.current,
    maskScale: maskScale(document.current),
    camera: view.camera,
    view: view.view,
    pixelRatio: moment.pixelRatio,
    tracing: moment.isComparing || view.isFlickerOn ? 0 : isHeated ? outlineTracing : view.tracing,
    film: hasFilm(studio) && !isHeated ? moment.theme.film : null,
    hatchStrength,
    regions: isHeated ? heatedRegions(studio) : shownRegions(studio, moment.gesture),
  }
}

/** Of the tracing paper only the outlines. */
const outlineTracing = 12

/** Under a heat map only the region that its word guides is drawn. */
function heatedRegions(studio: StudioState): readonly ShownRegion[] {
  const region = regionOfWord(studio, heatedWord(studio))
  if (region === undefined) return []
  return [{ id: region.id, colour: region.colour, mask: region.mask, opacity: 1, live: null }]
}

function shownRegions({ document }: StudioState, gesture: Gesture | null): readonly ShownRegion[] {
  const live = gesture?.live ?? null
  const { regions, masks } = document.current
  // Masks lie below: what guides is never hidden by where it may.
  const shown = [...masks.map((mask) => ({ ...mask, colour: maskColour })), ...regions].filter(
    ({ isVisible }) => isVisible,
  )
  const isThere = live === null || shown.some(({ id }) => id === live.painted.id)
  const all = isThere ? shown : [...shown, { ...live.painted, opacity: 1 }]
  return all.map(({ id, colour, mask, opacity }) => ({
    id,
    colour,
    mask,
    opacity,
    live: live?.painted.id === id ? live.stroke : null,
  }))
}

/** Everything that lies on the paper. */
export function pictureScene(studio: StudioState, moment: StageMoment): PictureScene {
  const { view, document } = studio
  return {
    picture: document.current,
    camera: view.camera,
    pixelRatio: moment.pixelRatio,
    ...shownPictures(studio, moment.gesture?.preview()),
    showsPixels: view.showsPixels,
    blank: moment.theme.blank,
    dot: moment.theme.dot,
    grid: sizeFactor(document.current),
  }
}

/** Cursor, handles and outlines. */
export function overlayScene(studio: StudioState, moment: StageMoment): OverlayScene {
  const { view, document } = studio
  return {
    camera: view.camera,
    picture: document.current,
    pixelRatio: moment.pixelRatio,
    preview: moment.gesture?.preview() ?? noPreview,
    cursor: brushCursor(studio, moment),
    held: heldByTool(studio),
    cell: view.cell === null ? null : paintByKeys.rectOf(studio, view.cell),
    heatEdge: edgeOfHeat(studio),
    divider: moment.isComparing && view.compare === 'slider' ? view.compareShare : null,
  }
}

const edges = new WeakMap<HeatGrid, { readonly edge: number; readonly lines: OverlayScene['heatEdge'] }>()

/** Traced once for each map and edge. */
function edgeOfHeat(studio: StudioState): OverlayScene['heatEdge'] {
  const grid = shownHeat(studio)
  if (grid === undefined) return []
  const known = edges.get(grid)
  if (known?.edge === studio.view.heatEdge) return known.lines
  const lines = heatEdge(grid, studio.view.heatEdge)
  edges.set(grid, { edge: studio.view.heatEdge, lines })
  return lines
}

function brushCursor({ view }: StudioState, { cursor, isHand }: StageMoment) {
  const isBrush = view.tool === 'brush' || view.tool === 'eraser'
  if (cursor === null || !isBrush || isHand) return null
  const pen = { x: 0, y: 0, pressure: 1, isPen: false }
  return {
    at: cursor,
    radius: brushRadius(view.brush, pen, 1, view.camera.zoom) * view.camera.zoom,
    softness: view.brush.softness,
    sign: view.tool === 'eraser' || view.mode === 'remove' ? ('-' as const) : ('+' as const),
  }
}

function heldByTool(studio: StudioState): OverlayScene['held'] {
  const { view, document } = studio
  const { width, height } = document.current
  if (view.tool === 'frame') return { rect: { x: 0, y: 0, width, height }, angle: 0 }
  if (view.tool !== 'move') return null
  const { maskId, regionId } = view
  return heldRect(documentInHand(studio), { layerId: layerInHand(studio)?.id ?? null, maskId, regionId })
}
