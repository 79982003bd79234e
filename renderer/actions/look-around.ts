import { centreCamera, fitCamera, keepInView, zoomAt } from '../canvas/camera.ts'
import type { Camera } from '../canvas/camera.ts'
import type { Point } from '../canvas/geometry.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'

/** Room for the caption under the paper and the tags above it. */
const fitMargin = 42

export function fitPaper(studio: StudioState): void {
  const { view, document } = studio
  view.isFitted = true
  view.camera = fitCamera(document.current, view.view, fitMargin)
}

/** 1 = one pixel of the picture is one pixel of the page. */
export function showAt(studio: StudioState, zoom: number): void {
  const { view, document } = studio
  view.isFitted = false
  view.camera = centreCamera(document.current, view.view, zoom)
}

export function zoomBy(studio: StudioState, factor: number, anchor?: Point): void {
  const { view } = studio
  const middle = { x: view.view.width / 2, y: view.view.height / 2 }
  moveCamera(studio, zoomAt(view.camera, factor, anchor ?? middle))
}

export function moveCamera(studio: StudioState, camera: Camera): void {
  const { view, document } = studio
  view.isFitted = false
  view.camera = keepInView(camera, document.current, view.view)
}
