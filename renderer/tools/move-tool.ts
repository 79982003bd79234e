import { type Camera, toScreen } from '../canvas/camera.ts'
import { emptyRect, isInsideRect, type Point, type Rect, scaleRect } from '../canvas/geometry.ts'
import { transformMask } from '../canvas/resample-mask.ts'
import { snapRect } from '../canvas/snap.ts'
import { maskBounds } from '../canvas/tile-mask.ts'
import { centreOf, plainAngle, reshape, toUpright, turnPoint, type TurnedRect } from '../canvas/turned-rect.ts'
import { findRegion, maskScale, type StudioDocument, withLayer, withRegion } from '../document/studio-document.ts'
import { dragHandle, handleAt, handlePoint, handles } from './drag-handles.ts'
import type { DocumentChange, GesturePreview, HeldKeys, Tool, ToolScene } from './tool.ts'

/** How near a line catches, in CSS pixels. */
const snapReach = 6
/** How far outside a corner the layer can still be turned, CSS pixels. */
const turnReach = 34
const turnStep = 15

/** What the Move tool holds: the chosen layer, else the chosen region. */
export function heldRect(document: StudioDocument, layerId: string | null, regionId: string | null): TurnedRect | null {
  const layer = document.layers.find(({ id }) => id === layerId)
  if (layer !== undefined) return { rect: layer.place, angle: layer.angle }
  const region = findRegion(document, regionId)
  if (region === undefined || region.mask.tiles.size === 0) return null
  return { rect: scaleRect(maskBounds(region.mask), 1 / maskScale(document)), angle: 0 }
}

type Grip =
  { readonly kind: 'handle'; readonly handle: Point } | { readonly kind: 'turn' } | { readonly kind: 'inside' }

/** What is under the pointer: a handle, the place outside a corner where layers turn, or the thing itself. */
function gripAt(held: TurnedRect, point: Point, camera: Camera, canTurn: boolean): Grip | null {
  const upright = toUpright(point, held)
  const handle = handleAt(held.rect, upright, camera)
  if (handle !== null) return { kind: 'handle', handle }
  if (isInsideRect(upright, held.rect)) return { kind: 'inside' }
  const at = toScreen(upright, camera)
  const isNearCorner = handles
    .filter(({ x, y }) => x !== 0 && y !== 0)
    .map((corner) => toScreen(handlePoint(held.rect, corner), camera))
    .some(({ x, y }) => Math.hypot(x - at.x, y - at.y) <= turnReach)
  return canTurn && isNearCorner ? { kind: 'turn' } : null
}

interface Dragged {
  readonly held: TurnedRect
  readonly guidesX: readonly number[]
  readonly guidesY: readonly number[]
}

/** Moves, stretches or turns a layer; moves or stretches a region. */
export const moveTool: Tool = (scene, first) => {
  const start = heldRect(scene.document, scene.layerId, scene.regionId)
  if (start === null) return null
  const isLayer = scene.document.layers.some(({ id }) => id === scene.layerId)
  const grip = gripAt(start, first, scene.camera, isLayer)
  if (grip === null) return null
  let now: Dragged = still(start)
  return {
    live: null,
    move: (points, keys) => {
      const point = points.at(-1)
      if (point !== undefined) now = drag(scene, start, grip, first, point, keys)
      return emptyRect
    },
    up: () => (now.held === start ? null : placeHeld(scene, start, now.held)),
    cancel: () => {
      now = still(start)
    },
    preview: (): GesturePreview => ({ kind: 'frame', ...now.held, guidesX: now.guidesX, guidesY: now.guidesY }),
  }
}

const still = (held: TurnedRect): Dragged => ({ held, guidesX: [], guidesY: [] })

function drag(scene: ToolScene, start: TurnedRect, grip: Grip, first: Point, point: Point, keys: HeldKeys): Dragged {
  switch (grip.kind) {
    case 'handle': {
      const by = turnPoint({ x: point.x - first.x, y: point.y - first.y }, -start.angle, { x: 0, y: 0 })
      return still(reshape(start, dragHandle(start.rect, grip.handle, by, keys)))
    }
    case 'turn': {
      const centre = centreOf(start.rect)
      const turned = angleTo(centre, point) - angleTo(centre, first)
      return still({ ...start, angle: plainAngle(start.angle + turned, keys.isShift ? turnStep : 0) })
    }
    case 'inside': {
      const free = { ...start.rect, x: start.rect.x + point.x - first.x, y: start.rect.y + point.y - first.y }
      if (!scene.isSnapping || keys.isControl || start.angle !== 0) return still({ ...start, rect: free })
      const snapped = snapRect(free, scene.document, snapReach / scene.camera.zoom)
      return { ...snapped, held: { ...start, rect: { ...free, x: snapped.x, y: snapped.y } } }
    }
  }
}

const angleTo = (from: Point, to: Point): number => (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI

function placeHeld(scene: ToolScene, from: TurnedRect, to: TurnedRect): DocumentChange | null {
  const { document, layerId, regionId } = scene
  const layer = document.layers.find(({ id }) => id === layerId)
  if (layer !== undefined) {
    const moved = withLayer(document, layer.id, { place: to.rect, angle: to.angle })
    return layer.isLocked ? null : { document: moved, label: 'change.moveLayer' }
  }
  const region = findRegion(document, regionId)
  if (region === undefined || region.isLocked) return null
  const scaled = (rect: Rect): Rect => scaleRect(rect, maskScale(document))
  const mask = transformMask(region.mask, scaled(from.rect), scaled(to.rect))
  return { document: withRegion(document, region.id, { mask }), label: 'change.moveRegion' }
}
