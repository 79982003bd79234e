import type { Attachment } from 'svelte/attachments'
import { moveCamera, zoomBy } from '../../actions/look-around.ts'
import { clamp } from '../../canvas/geometry.ts'
import { readWheel } from '../../canvas/navigation.ts'
import type { StudioState } from '../../state/studio-state.svelte.ts'

/** Wheel and trackpad over the stage, as the chosen preset reads them. Not passive: the page must not scroll or zoom. */
export const takeWheel =
  (studio: StudioState): Attachment<HTMLElement> =>
  (element) => {
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault()
      applyWheel(studio, event, element.getBoundingClientRect())
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => {
      element.removeEventListener('wheel', onWheel)
    }
  }

function applyWheel(studio: StudioState, event: WheelEvent, { left, top }: DOMRect): void {
  const { view, settings } = studio
  const gesture = readWheel(settings.all['canvas.preset'], {
    deltaX: event.deltaX,
    deltaY: event.deltaY,
    isControl: event.ctrlKey || event.metaKey,
    isAlt: event.altKey,
    isShift: event.shiftKey,
  })
  switch (gesture.kind) {
    case 'zoom':
      zoomBy(studio, gesture.factor, { x: event.clientX - left, y: event.clientY - top })
      return
    case 'pan':
      moveCamera(studio, { ...view.camera, x: view.camera.x + gesture.x, y: view.camera.y + gesture.y })
      return
    case 'brush':
      view.setBrush({ size: clamp(Math.round(view.brush.size * gesture.factor), 1, 1000) })
  }
}
