import { type Camera, rectToScreen } from './camera.ts'
import { type Rect, scaleRect, type Size } from './geometry.ts'

export interface ShownPicture {
  readonly image: CanvasImageSource
  readonly size: Size
  /** Picture pixels of the document. */
  readonly place: Rect
  readonly opacity: number
  readonly blend: GlobalCompositeOperation
  readonly isBlurred: boolean
  /** Degrees about the middle of its place, clockwise. */
  readonly angle: number
  readonly isFlipped: boolean
}

export interface ShownHeat {
  readonly image: CanvasImageSource
  readonly opacity: number
  /** Whether the picture under it goes grey and dark. */
  readonly dims: boolean
}

export interface PictureScene {
  readonly picture: Size
  readonly camera: Camera
  readonly pixelRatio: number
  readonly pictures: readonly ShownPicture[]
  readonly heat: ShownHeat | null
  /** Left share of the paper where `before` is shown instead, 0 … 1. */
  readonly before: { readonly shown: ShownPicture; readonly share: number } | null
  readonly showsPixels: boolean
  readonly blank: string
  readonly dot: string
  /** Distance of the grid dots in picture pixels; 0 = none. */
  readonly grid: number
}

/** Draws what lies on the paper: pictures, or a blank sheet with the model's grid. */
export function drawPictures(canvas: HTMLCanvasElement, scene: PictureScene): void {
  const brush = canvas.getContext('2d')
  if (brush === null) throw new Error('canvas: the browser gave no 2D context.')
  brush.clearRect(0, 0, canvas.width, canvas.height)
  const paper = toDevice({ x: 0, y: 0, ...scene.picture }, scene)
  brush.fillStyle = scene.blank
  brush.fillRect(paper.x, paper.y, paper.width, paper.height)
  brush.save()
  brush.beginPath()
  brush.rect(paper.x, paper.y, paper.width, paper.height)
  brush.clip()
  if (scene.pictures.length === 0) drawGrid(brush, scene)
  for (const shown of scene.pictures) drawPicture(brush, scene, shown)
  if (scene.before !== null) drawBefore(brush, scene, paper, scene.before.shown, scene.before.share)
  if (scene.heat !== null) drawHeat(brush, scene.heat, paper)
  brush.restore()
}

const toDevice = (rect: Rect, { camera, pixelRatio }: PictureScene): Rect =>
  scaleRect(rectToScreen(rect, camera), pixelRatio)

function drawPicture(brush: CanvasRenderingContext2D, scene: PictureScene, shown: ShownPicture): void {
  const place = toDevice(shown.place, scene)
  const isSmall = Math.max(shown.size.width, shown.size.height) < 256
  const scale = place.width / shown.size.width / scene.pixelRatio
  brush.imageSmoothingEnabled = !scene.showsPixels && (isSmall || scale <= 2)
  brush.imageSmoothingQuality = 'high'
  brush.globalAlpha = shown.opacity
  brush.globalCompositeOperation = shown.blend
  if (shown.isBlurred) {
    brush.imageSmoothingEnabled = true
    brush.filter = `blur(${Math.max(1, Math.round(place.width / 110))}px)`
  }
  drawTurned(brush, shown, place)
  brush.filter = 'none'
  brush.globalAlpha = 1
  brush.globalCompositeOperation = 'source-over'
}

/** The picture in its place, turned and flipped as it lies there. */
export function drawTurned(
  brush: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  { image, angle, isFlipped }: Pick<ShownPicture, 'image' | 'angle' | 'isFlipped'>,
  place: Rect,
): void {
  const { x, y, width, height } = place
  if (angle === 0 && !isFlipped) {
    brush.drawImage(image, x, y, width, height)
    return
  }
  brush.save()
  brush.translate(x + width / 2, y + height / 2)
  brush.rotate((angle * Math.PI) / 180)
  if (isFlipped) brush.scale(-1, 1)
  brush.drawImage(image, -width / 2, -height / 2, width, height)
  brush.restore()
}

function drawBefore(
  brush: CanvasRenderingContext2D,
  scene: PictureScene,
  paper: Rect,
  shown: ShownPicture,
  share: number,
): void {
  brush.save()
  brush.beginPath()
  brush.rect(paper.x, paper.y, paper.width * share, paper.height)
  brush.clip()
  drawPicture(brush, scene, shown)
  brush.restore()
}

/** The picture goes grey and dark, so that the map is read and not the picture. */
function drawHeat(brush: CanvasRenderingContext2D, heat: ShownHeat, paper: Rect): void {
  if (heat.dims) {
    brush.globalCompositeOperation = 'saturation'
    brush.fillStyle = 'rgb(128 128 128 / 0.97)'
    brush.fillRect(paper.x, paper.y, paper.width, paper.height)
    brush.globalCompositeOperation = 'source-over'
    brush.fillStyle = 'rgb(0 0 0 / 0.4)'
    brush.fillRect(paper.x, paper.y, paper.width, paper.height)
  }
  brush.imageSmoothingEnabled = true
  brush.imageSmoothingQuality = 'high'
  brush.globalAlpha = heat.opacity
  brush.drawImage(heat.image, paper.x, paper.y, paper.width, paper.height)
  brush.globalAlpha = 1
}

function drawGrid(brush: CanvasRenderingContext2D, scene: PictureScene): void {
  const { grid, picture, pixelRatio } = scene
  if (grid * scene.camera.zoom < 12) return
  brush.fillStyle = scene.dot
  const radius = pixelRatio
  for (let y = grid; y < picture.height; y += grid) {
    for (let x = grid; x < picture.width; x += grid) {
      const at = toDevice({ x, y, width: 0, height: 0 }, scene)
      brush.fillRect(Math.round(at.x) - radius / 2, Math.round(at.y) - radius / 2, radius * 1.5, radius * 1.5)
    }
  }
}
