import { clamp, emptyRect, type Rect } from '../canvas/geometry.ts'
import { resizeMask } from '../canvas/resample-mask.ts'
import { snapSize } from '../canvas/snap.ts'
import { maskSize, type StudioDocument } from '../document/studio-document.ts'
import { dragHandle, handleAt } from './drag-handles.ts'
import type { Tool } from './tool.ts'

/** The frame around what is generated: dragging a handle changes the document's size in the model's steps. */
export const frameTool: Tool = (scene, first) => {
  const start: Rect = { x: 0, y: 0, width: scene.document.width, height: scene.document.height }
  const handle = handleAt(start, first, scene.camera)
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
    preview: () => ({ kind: 'frame', rect, angle: 0, guidesX: [], guidesY: [] }),
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
    masks: document.masks.map((mask) => ({ ...mask, mask: resizeMask(mask.mask, size) })),
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
