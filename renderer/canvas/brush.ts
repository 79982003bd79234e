import type { Dab } from './stroke.ts'

export interface BrushOptions {
  /** Diameter in pixels of the picture or of the screen. */
  readonly size: number
  /** 0 hard … 1 soft. */
  readonly softness: number
  readonly sizeUnit: 'picture' | 'screen'
  /** How much the pen's pressure changes the size, 0 … 1. */
  readonly pressureShare: number
  /** 0 … 10: how far the line lags behind the hand to get smooth. */
  readonly stabiliser: number
}

export const defaultBrush: BrushOptions = {
  size: 96,
  softness: 0.18,
  sizeUnit: 'picture',
  pressureShare: 0.7,
  stabiliser: 2,
}

/** One report of the pointer, in pixels of the picture. A mouse has pressure 0.5 while pressed, as browsers say it. */
export interface PenPoint {
  readonly x: number
  readonly y: number
  readonly pressure: number
  readonly isPen: boolean
}

/**
 * The brush's radius in mask pixels.
 *
 * @param scale mask pixels per picture pixel
 * @param zoom  CSS pixels per picture pixel
 */
export function brushRadius(brush: BrushOptions, point: PenPoint, scale: number, zoom: number): number {
  const size = brush.sizeUnit === 'screen' ? brush.size / zoom : brush.size
  const pressure = point.isPen ? 1 - brush.pressureShare + brush.pressureShare * curve(point.pressure) : 1
  return Math.max(0.5, (size * scale * pressure) / 2)
}

/** Light pressure moves the size more than heavy, as pens are drawn. */
const curve = (pressure: number): number => Math.sqrt(Math.min(1, Math.max(0, pressure)))

/** Pulls the pen on a string: the line goes a share of the way, the longer the string the smoother. */
export const stabilise = (last: Dab, next: Dab, stabiliser: number): Dab => {
  const share = 1 / (1 + stabiliser * 0.45)
  return {
    x: last.x + (next.x - last.x) * share,
    y: last.y + (next.y - last.y) * share,
    radius: last.radius + (next.radius - last.radius) * Math.max(share, 0.5),
  }
}
