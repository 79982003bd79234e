import { fillPolygon, fillRect } from '../canvas/fill-shape.ts'
import { fillEnclosed, floodFill } from '../canvas/flood-fill.ts'
import { emptyRect, type Point, rectBetween, scaleRect } from '../canvas/geometry.ts'
import type { TileMask } from '../canvas/tile-mask.ts'
import { maskScale } from '../document/studio-document.ts'
import { findTarget, paintTarget } from './paint-target.ts'
import { noPreview, type Tool } from './tool.ts'

const leastDrag = 2

/** A rectangle from corner to corner; Shift makes it a square. */
export const rectangleTool: Tool = (scene, first, keys) => {
  const target = findTarget(scene)
  if (target === null) return null
  let corner: Point = first
  const rect = () => rectBetween(first, corner)
  return {
    live: null,
    move: (points, { isShift }) => {
      const point = points.at(-1) ?? corner
      corner = isShift ? squareCorner(first, point) : point
      return emptyRect
    },
    up: () => {
      if (Math.min(rect().width, rect().height) * scene.camera.zoom < leastDrag) return null
      const mask = fillRect(target.painted.mask, scaleRect(rect(), maskScale(scene.document)), scene.mode)
      return paintTarget(target, mask, 'change.rectangle', keys.isAlt)
    },
    cancel: () => undefined,
    preview: () => ({ kind: 'rectangle', rect: rect() }),
  }
}

function squareCorner(from: Point, to: Point): Point {
  const side = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y))
  return { x: from.x + Math.sign(to.x - from.x) * side, y: from.y + Math.sign(to.y - from.y) * side }
}

/** A free line that closes itself and fills what is inside. */
export const lassoTool: Tool = (scene, first, keys) => {
  const target = findTarget(scene)
  if (target === null) return null
  const line: Point[] = [first]
  return {
    live: null,
    move: (points) => {
      for (const point of points) {
        const last = line.at(-1) ?? point
        if (Math.hypot(point.x - last.x, point.y - last.y) * scene.camera.zoom >= 1)
          line.push({ x: point.x, y: point.y })
      }
      return emptyRect
    },
    up: () => {
      if (line.length < 3) return null
      const scale = maskScale(scene.document)
      const points = line.map(({ x, y }) => ({ x: x * scale, y: y * scale }))
      return paintTarget(target, fillPolygon(target.painted.mask, points, scene.mode), 'change.lasso', keys.isAlt)
    },
    cancel: () => undefined,
    preview: () => ({ kind: 'path', points: line }),
  }
}

/** Fills what a painted line encloses; elsewhere what looks alike in the picture that is shown. */
export const fillTool: Tool = (scene, first, keys) => {
  const target = findTarget(scene)
  if (target === null) return null
  const { mask } = target.painted
  const scale = maskScale(scene.document)
  const start = { x: first.x * scale, y: first.y * scale }
  const fill = (): TileMask => {
    const enclosed = mask.tiles.size === 0 ? null : fillEnclosed(mask, start, scene.mode)
    if (enclosed !== null) return enclosed
    const ground = scene.readGround()
    return ground === null ? mask : floodFill(mask, ground, start, scene.tolerance, scene.mode)
  }
  return {
    live: null,
    move: () => emptyRect,
    up: () => paintTarget(target, fill(), 'change.fill', keys.isAlt),
    cancel: () => undefined,
    preview: () => noPreview,
  }
}
