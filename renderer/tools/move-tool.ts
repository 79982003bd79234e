import { type Camera, toScreen } from '../canvas/camera.ts'
import { emptyRect, isInsideRect, type Point, type Rect, scaleRect } from '../canvas/geometry.ts'
import { transformMask } from '../canvas/resample-mask.ts'
import { snapRect } from '../canvas/snap.ts'
import { maskBounds, type TileMask } from '../canvas/tile-mask.ts'
import { centreOf, plainAngle, reshape, toUpright, turnPoint, type TurnedRect } from '../canvas/turned-rect.ts'
import { findMask, withMask } from '../document/edit-mask.ts'
import { findRegion, maskScale, type StudioDocument, withLayer, withRegion } from '../document/studio-document.ts'
import { dragHandle, handleAt, handlePoint, handles } from './drag-handles.ts'
import type { DocumentChange, GesturePreview, HeldKeys, Tool, ToolScene } from './tool.ts'

/** How near a line catches, in CSS pixels. */
const snapReach = 6
/** How far outside a corner things can still be turned, CSS pixels. */
const turnReach = 34
const turnStep = 15

/** Ids of what is chosen; at most one counts: a layer, else a mask, else a region. */
export type HeldIds = Pick<ToolScene, 'layerId' | 'maskId' | 'regionId'>

/** What the Move tool holds. */
export function heldRect(document: StudioDocument, { layerId, maskId, regionId }: HeldIds): TurnedRect | null {
  const layer = document.layers.find(({ id }) => id === layerId)
  if (layer !== undefined) return { rect: layer.place, angle: layer.angle }
  const painted = findMask(document, maskId) ?? findRegion(document, regionId)
  if (painted === undefined || painted.mask.tiles.size === 0) return null
  return { rect: scaleRect(maskBounds(painted.mask), 1 / maskScale(document)), angle: 0 }
}

type Grip =
  { readonly kind: 'handle'; readonly handle: Point } | { readonly kind: 'turn' } | { readonly kind: 'inside' }

/** What is under the pointer: a handle, the place outside a corner where it turns, or the thing itself. */
function gripAt(held: TurnedRect, point: Point, camera: Camera): Grip | null {
  const upright = toUpright(point, held)
  const handle = handleAt(held.rect, upright, camera)
  if (handle !== null) return { kind: 'handle', handle }
  if (isInsideRect(upright, held.rect)) return { kind: 'inside' }
  const at = toScreen(upright, camera)
  const isNearCorner = handles
    .filter(({ x, y }) => x !== 0 && y !== 0)
    .map((corner) => toScreen(handlePoint(held.rect, corner), camera))
    .some(({ x, y }) => Math.hypot(x - at.x, y - at.y) <= turnReach)
  return isNearCorner ? { kind: 'turn' } : null
}

interface Dragged {
  readonly held: TurnedRect
  readonly guidesX: readonly number[]
  readonly guidesY: readonly number[]
}

/** Moves, stretches or turns a layer, a mask or a region. */
export const moveTool: Tool = (scene, first) => {
  const start = heldRect(scene.document, scene)
  if (start === null) return null
  const grip = gripAt(start, first, scene.camera)
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
  const { document, layerId, maskId, regionId } = scene
  const layer = document.layers.find(({ id }) => id === layerId)
  if (layer !== undefined) {
    const moved = withLayer(document, layer.id, { place: to.rect, angle: to.angle })
    return layer.isLocked ? null : { document: moved, label: 'change.moveLayer' }
  }
  const scaled = (rect: Rect): Rect => scaleRect(rect, maskScale(document))
  const moved = ({ mask }: { readonly mask: TileMask }): TileMask =>
    transformMask(mask, scaled(from.rect), { rect: scaled(to.rect), angle: to.angle })
  const mask = findMask(document, maskId)
  if (mask !== undefined)
    return mask.isLocked
      ? null
      : { document: withMask(document, mask.id, { mask: moved(mask) }), label: 'change.moveMask' }
  const region = findRegion(document, regionId)
  if (region === undefined || region.isLocked) return null
  return { document: withRegion(document, region.id, { mask: moved(region) }), label: 'change.moveRegion' }
}
