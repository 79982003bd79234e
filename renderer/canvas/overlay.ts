import { type Camera, rectToScreen, toScreen } from './camera.ts'
import type { Point, Rect, Size } from './geometry.ts'
import { handlePoint, handles } from '../tools/drag-handles.ts'
import type { GesturePreview } from '../tools/tool.ts'
import { centreOf, turnPoint, type TurnedRect } from './turned-rect.ts'

export interface OverlayScene {
  readonly camera: Camera
  readonly picture: Size
  readonly pixelRatio: number
  readonly preview: GesturePreview
  /** Where the brush is, CSS pixels; null when it is not shown. */
  readonly cursor: {
    readonly at: Point
    readonly radius: number
    readonly softness: number
    readonly sign: '+' | '-' | null
  } | null
  /** What has handles, in picture pixels. */
  readonly held: TurnedRect | null
  /** The cell of the keyboard's painter, in picture pixels. */
  readonly cell: Rect | null
  /** Edge of the heat over the picture: lines of points, 0 … 1 of its width and height. */
  readonly heatEdge: readonly (readonly Point[])[]
  /** Where the compare slider stands, 0 … 1 of the paper. */
  readonly divider: number | null
}

/** Draws everything that is in nobody's picture: cursor, outlines, handles and guides, in two tones. */
export function drawOverlay(canvas: HTMLCanvasElement, scene: OverlayScene): void {
  const brush = canvas.getContext('2d')
  if (brush === null) throw new Error('canvas: the browser gave no 2D context.')
  const { pixelRatio, camera, preview } = scene
  brush.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0)
  brush.clearRect(0, 0, canvas.width, canvas.height)
  drawHeatEdge(brush, scene)
  if (preview.kind === 'rectangle') twoTone(brush, () => rectPath(brush, rectToScreen(preview.rect, camera)), true)
  if (preview.kind === 'path') twoTone(brush, () => linePath(brush, preview.points, camera), true)
  if (preview.kind === 'frame') drawGuides(brush, scene, preview.guidesX, preview.guidesY)
  const held = preview.kind === 'frame' ? preview : scene.held
  if (held !== null) drawHandles(brush, held, camera)
  if (preview.kind === 'frame') drawSize(brush, preview.rect, camera)
  const { cell } = scene
  if (cell !== null) twoTone(brush, () => rectPath(brush, rectToScreen(cell, camera)), false)
  if (scene.divider !== null) drawDivider(brush, scene, scene.divider)
  if (scene.cursor !== null) drawCursor(brush, scene.cursor)
}

function twoTone(brush: CanvasRenderingContext2D, path: () => void, isDashed: boolean): void {
  brush.setLineDash([])
  brush.lineWidth = 3
  brush.strokeStyle = 'rgb(0 0 0 / 0.55)'
  path()
  brush.stroke()
  if (isDashed) brush.setLineDash([5, 4])
  brush.lineWidth = 1.5
  brush.strokeStyle = '#fff'
  path()
  brush.stroke()
  brush.setLineDash([])
}

function drawHeatEdge(brush: CanvasRenderingContext2D, { heatEdge, picture, camera }: OverlayScene): void {
  for (const line of heatEdge) {
    const points = line.map(({ x, y }) => ({ x: x * picture.width, y: y * picture.height }))
    twoTone(brush, () => linePath(brush, points, camera), true)
  }
}

function rectPath(brush: CanvasRenderingContext2D, rect: Rect): void {
  brush.beginPath()
  brush.rect(rect.x, rect.y, rect.width, rect.height)
}

function linePath(brush: CanvasRenderingContext2D, points: readonly Point[], camera: Camera): void {
  brush.beginPath()
  for (const point of points) {
    const { x, y } = toScreen(point, camera)
    brush.lineTo(x, y)
  }
}

function drawCursor(
  brush: CanvasRenderingContext2D,
  { at, radius, softness, sign }: NonNullable<OverlayScene['cursor']>,
): void {
  const circle = (size: number) => () => {
    brush.beginPath()
    brush.arc(at.x, at.y, size, 0, 2 * Math.PI)
  }
  const cross = (size: number) => () => {
    brush.beginPath()
    brush.moveTo(at.x - size, at.y)
    brush.lineTo(at.x + size, at.y)
    if (sign === '-') return
    brush.moveTo(at.x, at.y - size)
    brush.lineTo(at.x, at.y + size)
  }
  if (radius < 3) {
    twoTone(brush, cross(7), false)
    return
  }
  twoTone(brush, circle(radius), false)
  const core = radius * (1 - softness)
  if (softness > 0.3 && core > 6) twoTone(brush, circle(core), true)
  if (sign !== null && radius > 10) twoTone(brush, cross(4), false)
}

const corners = [
  { x: -1, y: -1 },
  { x: 1, y: -1 },
  { x: 1, y: 1 },
  { x: -1, y: 1 },
] as const

function drawHandles(brush: CanvasRenderingContext2D, { rect, angle }: TurnedRect, camera: Camera): void {
  const place = (handle: Point): Point => turnPoint(handlePoint(rect, handle), angle, centreOf(rect))
  twoTone(
    brush,
    () => {
      linePath(brush, corners.map(place), camera)
      brush.closePath()
    },
    false,
  )
  for (const handle of handles) {
    const { x, y } = toScreen(place(handle), camera)
    brush.fillStyle = '#fff'
    brush.strokeStyle = 'rgb(0 0 0 / 0.75)'
    brush.lineWidth = 1
    brush.fillRect(x - 4, y - 4, 8, 8)
    brush.strokeRect(x - 4.5, y - 4.5, 9, 9)
  }
}

function drawGuides(
  brush: CanvasRenderingContext2D,
  { camera, picture }: OverlayScene,
  xs: readonly number[],
  ys: readonly number[],
): void {
  const paper = rectToScreen({ x: 0, y: 0, ...picture }, camera)
  const line = (x1: number, y1: number, x2: number, y2: number) => {
    twoTone(
      brush,
      () => {
        brush.beginPath()
        brush.moveTo(x1, y1)
        brush.lineTo(x2, y2)
      },
      false,
    )
  }
  for (const x of xs) {
    const at = toScreen({ x, y: 0 }, camera).x
    line(at, paper.y, at, paper.y + paper.height)
  }
  for (const y of ys) {
    const at = toScreen({ x: 0, y }, camera).y
    line(paper.x, at, paper.x + paper.width, at)
  }
}

function drawSize(brush: CanvasRenderingContext2D, rect: Rect, camera: Camera): void {
  const { x, y } = toScreen({ x: rect.x + rect.width, y: rect.y + rect.height }, camera)
  const text = `${Math.round(rect.width)} × ${Math.round(rect.height)}`
  brush.font = '500 12px "Hanken Grotesk Variable", system-ui'
  const width = brush.measureText(text).width + 16
  brush.fillStyle = 'rgb(0 0 0 / 0.75)'
  brush.beginPath()
  brush.roundRect(x + 8, y + 8, width, 24, 6)
  brush.fill()
  brush.fillStyle = '#fff'
  brush.fillText(text, x + 16, y + 24)
}

function drawDivider(brush: CanvasRenderingContext2D, { camera, picture }: OverlayScene, share: number): void {
  const paper = rectToScreen({ x: 0, y: 0, ...picture }, camera)
  const x = paper.x + paper.width * share
  twoTone(
    brush,
    () => {
      brush.beginPath()
      brush.moveTo(x, paper.y)
      brush.lineTo(x, paper.y + paper.height)
    },
    false,
  )
  brush.fillStyle = '#fff'
  brush.strokeStyle = 'rgb(0 0 0 / 0.6)'
  brush.beginPath()
  brush.arc(x, paper.y + paper.height / 2, 12, 0, 2 * Math.PI)
  brush.fill()
  brush.stroke()
  brush.fillStyle = '#111'
  for (const side of [-1, 1]) {
    brush.beginPath()
    brush.moveTo(x + side * 8, paper.y + paper.height / 2)
    brush.lineTo(x + side * 3, paper.y + paper.height / 2 - 4)
    brush.lineTo(x + side * 3, paper.y + paper.height / 2 + 4)
    brush.fill()
  }
}
