/** What hands know from other programs: which gesture pans, zooms or changes the brush. */
export const navigationPresets = ['paint-app', 'a1111', 'trackpad'] as const
export type NavigationPreset = (typeof navigationPresets)[number]

export interface WheelGesture {
  readonly deltaX: number
  readonly deltaY: number
  readonly isControl: boolean
  readonly isAlt: boolean
  readonly isShift: boolean
}

export type Navigation =
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'pan'; readonly x: number; readonly y: number }
  | { readonly kind: 'brush'; readonly factor: number }

const zoomPerPixel = 0.0022
const pinchPerPixel = 0.01

const zoom = (delta: number, perPixel = zoomPerPixel): Navigation => ({
  kind: 'zoom',
  factor: Math.exp(-delta * perPixel),
})
const pan = ({ deltaX, deltaY, isShift }: WheelGesture): Navigation =>
  isShift ? { kind: 'pan', x: -deltaY - deltaX, y: 0 } : { kind: 'pan', x: -deltaX, y: -deltaY }

/** What a turn of the wheel (or two fingers on a trackpad) does. Browsers report a pinch as a wheel with Control. */
export function readWheel(preset: NavigationPreset, gesture: WheelGesture): Navigation {
  const { deltaY, isControl, isAlt } = gesture
  const isPinch = isControl && Math.abs(deltaY) < 30 && !Number.isInteger(deltaY)
  if (isPinch) return zoom(deltaY, pinchPerPixel)
  switch (preset) {
    case 'paint-app':
      return gesture.isShift ? pan(gesture) : zoom(deltaY)
    case 'a1111':
      if (isAlt) return zoom(deltaY)
      return isControl ? { kind: 'brush', factor: Math.exp(-deltaY * 0.0012) } : pan(gesture)
    case 'trackpad':
      return isControl ? zoom(deltaY) : pan(gesture)
  }
}

/** The key that turns any tool into the hand while it is held, by `event.code`. */
export const panKeys: Readonly<Record<NavigationPreset, readonly string[]>> = {
  'paint-app': ['Space'],
  a1111: ['KeyF', 'Space'],
  trackpad: ['Space'],
}
