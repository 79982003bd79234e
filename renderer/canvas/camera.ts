import { clamp, type Point, type Rect, type Size } from './geometry.ts'

/** How the picture lies on the screen: screen = picture · zoom + (x, y), all in CSS pixels. */
export interface Camera extends Point {
  readonly zoom: number
}

/** 5 % to 3200 %. */
export const zoomLimits = { least: 0.05, most: 32 } as const

export const toScreen = ({ x, y }: Point, camera: Camera): Point => ({
  x: x * camera.zoom + camera.x,
  y: y * camera.zoom + camera.y,
})

export const toPicture = ({ x, y }: Point, camera: Camera): Point => ({
  x: (x - camera.x) / camera.zoom,
  y: (y - camera.y) / camera.zoom,
})

export const rectToScreen = (rect: Rect, camera: Camera): Rect => ({
  ...toScreen(rect, camera),
  width: rect.width * camera.zoom,
  height: rect.height * camera.zoom,
})

export const rectToPicture = (rect: Rect, camera: Camera): Rect => ({
  ...toPicture(rect, camera),
  width: rect.width / camera.zoom,
  height: rect.height / camera.zoom,
})

/** Shows the whole picture in the middle of the view with `margin` CSS pixels around it. */
export function fitCamera(picture: Size, view: Size, margin: number): Camera {
  const wide = (view.width - 2 * margin) / picture.width
  const high = (view.height - 2 * margin) / picture.height
  return centreCamera(picture, view, clamp(Math.min(wide, high), zoomLimits.least, zoomLimits.most))
}

/** Shows the picture in the middle of the view at this zoom. */
export const centreCamera = (picture: Size, view: Size, zoom: number): Camera => ({
  zoom,
  x: Math.round((view.width - picture.width * zoom) / 2),
  y: Math.round((view.height - picture.height * zoom) / 2),
})

/** Zooms by `factor` so that the place under `anchor` (screen) stays where it is. */
export function zoomAt(camera: Camera, factor: number, anchor: Point): Camera {
  const zoom = clamp(camera.zoom * factor, zoomLimits.least, zoomLimits.most)
  const { x, y } = toPicture(anchor, camera)
  return { zoom, x: anchor.x - x * zoom, y: anchor.y - y * zoom }
}

export const panBy = (camera: Camera, x: number, y: number): Camera => ({
  ...camera,
  x: camera.x + x,
  y: camera.y + y,
})

/** Keeps at least `least` CSS pixels of the picture in view, so that nobody loses it. */
export function keepInView(camera: Camera, picture: Size, view: Size, least = 48): Camera {
  const width = picture.width * camera.zoom
  const height = picture.height * camera.zoom
  return {
    zoom: camera.zoom,
    x: clamp(camera.x, least - width, view.width - least),
    y: clamp(camera.y, least - height, view.height - least),
  }
}
