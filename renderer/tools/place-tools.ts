import { toScreen } from '../canvas/camera.ts'
import { clamp, emptyRect, isInsideRect, type Point, type Rect, scaleRect } from '../canvas/geometry.ts'
import { resizeMask, transformMask } from '../canvas/resample-mask.ts'
import { snapRect, snapSize } from '../canvas/snap.ts'
import { maskBounds } from '../canvas/tile-mask.ts'
import {
  findRegion,
  maskScale,
  maskSize,
  type StudioDocument,
  withLayer,
  withRegion,
} from '../document/studio-document.ts'
import type { DocumentChange, GesturePreview, HeldKeys, Tool, ToolScene } from './tool.ts'

/** How near a line catches, in CSS pixels; half the side of a handle's hit area. */
const snapReach = 6
export const handleReach = 12

/** What the Move tool holds: the chosen layer, else the chosen region. */
export function heldRect(document: StudioDocument, layerId: string | null, regionId: string | null): Rect | null {
  const layer = document.layers.find(({ id }) => id === layerId)
  if (layer !== undefined) return layer.place
  const region = findRegion(document, regionId)
  if (region === undefined || region.mask.tiles.size === 0) return null
  return scaleRect(maskBounds(region.mask), 1 / maskScale(document))
}

/** Eight places around a rectangle: -1, 0 or 1 for each axis. */
export const handles = [-1, 0, 1]
  .flatMap((y) => [-1, 0, 1].map((x) => ({ x, y })))
  .filter(({ x, y }) => x !== 0 || y !== 0)

export const handlePoint = (rect: Rect, { x, y }: Point): Point => ({
  x: rect.x + (rect.width * (x + 1)) / 2,
  y: rect.y + (rect.height * (y + 1)) / 2,
})

/** The handle under a place, in picture pixels; null when none is. */
export function handleAt(rect: Rect, point: Point, scene: Pick<ToolScene, 'camera'>): Point | null {
  const at = toScreen(point, scene.camera)
  const near = handles.filter((handle) => {
    const place = toScreen(handlePoint(rect, handle), scene.camera)
    return Math.max(Math.abs(place.x - at.x), Math.abs(place.y - at.y)) <= handleReach
  })
  return near[0] ?? null
}

/** The rectangle with one handle dragged; Shift keeps proportions, Alt keeps the centre. */
export function dragHandle(rect: Rect, handle: Point, by: Point, keys: HeldKeys): Rect {
  const factor = keys.isAlt ? 2 : 1
  let width = Math.max(1, rect.width + handle.x * by.x * factor)
  let height = Math.max(1, rect.height + handle.y * by.y * factor)
  if (keys.isShift) {
    const scale = handle.x === 0 ? height / rect.height : width / rect.width
    width = rect.width * scale
    height = rect.height * scale
  }
  const anchorX = keys.isAlt ? 0 : -handle.x
  const anchorY = keys.isAlt ? 0 : -handle.y
  return {
    x: rect.x + ((rect.width - width) * (anchorX + 1)) / 2,
    y: rect.y + ((rect.height - height) * (anchorY + 1)) / 2,
    width,
    height,
  }
}

/** Moves or stretches a layer or a region. */
export const moveTool: Tool = (scene, first) => {
  const start = heldRect(scene.document, scene.layerId, scene.regionId)
  if (start === null) return null
  const handle = handleAt(start, first, scene)
  if (handle === null && !isInsideRect(first, start)) return null
  let rect = start
  let guides: { guidesX: readonly number[]; guidesY: readonly number[] } = { guidesX: [], guidesY: [] }
  return {
    live: null,
    move: (points, keys) => {
      const point = points.at(-1)
      if (point === undefined) return emptyRect
      const by = { x: point.x - first.x, y: point.y - first.y }
      if (handle !== null) rect = dragHandle(start, handle, by, keys)
      else {
        const reach = scene.isSnapping && !keys.isControl ? snapReach / scene.camera.zoom : 0
        const free = { ...start, x: start.x + by.x, y: start.y + by.y }
        const snapped = snapRect(free, scene.document, reach)
        guides = reach === 0 ? { guidesX: [], guidesY: [] } : snapped
        rect = reach === 0 ? free : { ...free, x: snapped.x, y: snapped.y }
      }
      return emptyRect
    },
    up: () => (rect === start ? null : placeHeld(scene, start, rect)),
    cancel: () => {
      rect = start
    },
    preview: (): GesturePreview => ({ kind: 'frame', rect, ...guides }),
  }
}

function placeHeld(scene: ToolScene, from: Rect, to: Rect): DocumentChange | null {
  const { document, layerId, regionId } = scene
  const layer = document.layers.find(({ id }) => id === layerId)
  if (layer !== undefined) {
    return layer.isLocked ? null : { document: withLayer(document, layer.id, { place: to }), label: 'change.moveLayer' }
  }
  const region = findRegion(document, regionId)
  if (region === undefined || region.isLocked) return null
  const scale = maskScale(document)
  const mask = transformMask(region.mask, scaleRect(from, scale), scaleRect(to, scale))
  return { document: withRegion(document, region.id, { mask }), label: 'change.moveRegion' }
}

/** The frame around what is generated: dragging a handle changes the document's size in the model's steps. */
export const frameTool: Tool = (scene, first) => {
  const start: Rect = { x: 0, y: 0, width: scene.document.width, height: scene.document.height }
  const handle = handleAt(start, first, scene)
  if (handle === null) return null
  let rect = start
  return {
    live: null,
    move: (points, keys) => {
      const point = points.at(-1)
      if (point === undefined) return emptyRect
      const free = dragHandle(start, handle, { x: point.x - first.x, y: point.y - first.y }, keys)
      const factor = keys.isControl ? 8 : scene.sizeFactor
      rect = { x: 0, y: 0, width: snapSide(free.width, factor), height: snapSide(free.height, factor) }
      return emptyRect
    },
    up: () =>
      rect.width === start.width && rect.height === start.height
        ? null
        : { document: resizeDocument(scene.document, rect), label: 'change.size' },
    cancel: () => {
      rect = start
    },
    preview: () => ({ kind: 'frame', rect, guidesX: [], guidesY: [] }),
  }
}

const snapSide = (side: number, factor: number): number => clamp(snapSize(side, factor), factor, 4096)

/** The document at another size; regions and layers keep their place relative to the whole. */
export function resizeDocument(
  document: StudioDocument,
  { width, height }: Pick<Rect, 'width' | 'height'>,
): StudioDocument {
  const size = maskSize({ width, height })
  const wide = width / document.width
  const high = height / document.height
  return {
    ...document,
    width,
    height,
    regions: document.regions.map((region) => ({ ...region, mask: resizeMask(region.mask, size) })),
    layers: document.layers.map((layer) => ({
      ...layer,
      place: {
        x: layer.place.x * wide,
        y: layer.place.y * high,
        width: layer.place.width * wide,
        height: layer.place.height * high,
      },
    })),
  }
}
