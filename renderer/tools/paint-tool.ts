import { brushRadius, type PenPoint, stabilise } from '../canvas/brush.ts'
import { emptyRect, uniteRects } from '../canvas/geometry.ts'
import { type Dab, type PaintMode, Stroke } from '../canvas/stroke.ts'
import { maskScale } from '../document/studio-document.ts'
import { findTarget, isBlank, paintTarget } from './paint-target.ts'
import { noPreview, type Tool, type ToolScene } from './tool.ts'

/** Brush and eraser: a soft or hard line of the pen's width. Shift draws straight, Alt takes from other regions. */
export const paintTool =
  (forced: PaintMode | null): Tool =>
  (scene, first, keys) => {
    const target = findTarget(scene)
    if (target === null) return null
    const mode = forced ?? scene.mode
    if (mode === 'remove' && isBlank(target)) return null
    const stroke = new Stroke(target.painted.mask, mode, scene.pool)
    const start = toDab(scene, first)
    const { softness, stabiliser } = scene.brush
    let last = start
    let hand = start
    let isStraight = keys.isShift
    stroke.paint(start, start, softness)
    const reach = (dab: Dab) => {
      const dirty = stroke.paint(last, dab, softness)
      last = dab
      return dirty
    }
    return {
      live: { painted: target.painted, stroke },
      move: (points, { isShift }) => {
        isStraight = isShift
        let dirty = emptyRect
        for (const point of points) {
          hand = toDab(scene, point)
          if (!isStraight) dirty = uniteRects(dirty, reach(stabilise(last, hand, stabiliser)))
        }
        return dirty
      },
      up: () => {
        reach(hand)
        return paintTarget(target, stroke.commit(), mode === 'add' ? 'change.paint' : 'change.erase', keys.isAlt)
      },
      cancel: () => {
        stroke.cancel()
      },
      preview: () =>
        isStraight ? { kind: 'path', points: [toPicture(scene, last), toPicture(scene, hand)] } : noPreview,
    }
  }

/** A report of the pointer as a place of the brush, in mask pixels. */
function toDab(scene: ToolScene, point: PenPoint): Dab {
  const scale = maskScale(scene.document)
  return { x: point.x * scale, y: point.y * scale, radius: brushRadius(scene.brush, point, scale, scene.camera.zoom) }
}

function toPicture(scene: ToolScene, dab: Dab) {
  const scale = maskScale(scene.document)
  return { x: dab.x / scale, y: dab.y / scale }
}
