import { subtractMask } from '../canvas/fill-shape.ts'
import { maskColour } from '../canvas/region-colours.ts'
import type { TileMask } from '../canvas/tile-mask.ts'
import { findMask, withMask } from '../document/edit-mask.ts'
import { findRegion, newRegion, type Region, type StudioDocument } from '../document/studio-document.ts'
import type { MessageKey } from '../text/messages.ts'
import type { DocumentChange, Painted, ToolScene } from './tool.ts'

/** What is painted, and the document in which it stands. */
export type Target = { readonly document: StudioDocument; readonly painted: Painted } & (
  { readonly kind: 'region'; readonly region: Region; readonly isNew: boolean } | { readonly kind: 'mask' }
)

/** The mask or region that is painted: the chosen one, or a new region. Null when it is locked. */
export function findTarget(scene: ToolScene): Target | null {
  const { document } = scene
  const mask = findMask(document, scene.maskId)
  if (mask !== undefined) {
    const painted = { id: mask.id, colour: maskColour, mask: mask.mask }
    return mask.isLocked ? null : { kind: 'mask', painted, document }
  }
  const chosen = findRegion(document, scene.regionId)
  if (chosen !== undefined)
    return chosen.isLocked ? null : { kind: 'region', region: chosen, painted: chosen, document, isNew: false }
  const region = newRegion(document, scene.newId(), scene.newPhrase)
  const grown = { ...document, regions: [...document.regions, region] }
  return { kind: 'region', region, painted: region, document: grown, isNew: true }
}

/** Whether nothing can be taken away, since nothing is there yet. */
export const isBlank = (target: Target): boolean => target.kind === 'region' && target.isNew

/** The document with the target's new mask; with `takesFromOthers` no other region keeps those pixels. */
export function paintTarget(
  target: Target,
  mask: TileMask,
  label: MessageKey,
  takesFromOthers: boolean,
): DocumentChange | null {
  const { document, painted } = target
  if (mask === painted.mask) return null
  if (target.kind === 'mask') return { document: withMask(document, painted.id, { mask, isVisible: true }), label }
  const regions = document.regions.map((other) => {
    if (other.id === painted.id) return { ...other, mask, isVisible: true }
    return takesFromOthers && !other.isLocked ? { ...other, mask: subtractMask(other.mask, mask) } : other
  })
  return {
    document: { ...document, regions },
    label: target.isNew ? 'change.newRegion' : label,
    regionId: painted.id,
    asksPhrase: target.isNew && target.region.phrase === '',
  }
}
