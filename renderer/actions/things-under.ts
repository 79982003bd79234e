import { type Point, isInsideRect } from '../canvas/geometry.ts'
import { coverageAt, type TileMask } from '../canvas/tile-mask.ts'
import { toUpright } from '../canvas/turned-rect.ts'
import { findMask } from '../document/edit-mask.ts'
import { type EditMask, findRegion, type Layer, maskScale, type Region } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { layerInHand, shownResult } from './shown-result.ts'

/** Something that lies on the paper. */
export type Thing =
  | { readonly kind: 'region'; readonly it: Region }
  | { readonly kind: 'mask'; readonly it: EditMask }
  | { readonly kind: 'layer'; readonly it: Layer }

/**
 * What is seen at a place, from the uppermost down: regions, masks, the shown result, layers.
 *
 * @param point  picture pixels
 */
export function thingsUnder(studio: StudioState, point: Point): readonly Thing[] {
  const { current } = studio.document
  const scale = maskScale(current)
  const isPainted = ({ isVisible, mask }: { readonly isVisible: boolean; readonly mask: TileMask }): boolean =>
    isVisible && coverageAt(mask, point.x * scale, point.y * scale) > 127
  const result = shownResult(studio)
  const layers = current.layers.filter(({ id, isVisible }) => isVisible && id !== result?.id)
  return [
    ...current.regions
      .toReversed()
      .filter(isPainted)
      .map((it): Thing => ({ kind: 'region', it })),
    ...current.masks
      .toReversed()
      .filter(isPainted)
      .map((it): Thing => ({ kind: 'mask', it })),
    ...(result === null ? layers : [result, ...layers])
      .filter(({ place, angle }) => isInsideRect(toUpright(point, { rect: place, angle }), place))
      .map((it): Thing => ({ kind: 'layer', it })),
  ]
}

/** What is in hand, for those who open the menu with a key. */
export function thingInHand(studio: StudioState): Thing | null {
  const { view, document } = studio
  const layer = layerInHand(studio)
  if (layer !== null) return { kind: 'layer', it: layer }
  const mask = findMask(document.current, view.maskId)
  if (mask !== undefined) return { kind: 'mask', it: mask }
  const region = findRegion(document.current, view.regionId)
  return region === undefined ? null : { kind: 'region', it: region }
}
