import type { TileMask } from '../canvas/tile-mask.ts'
import { subtractMask } from '../canvas/fill-shape.ts'
import { findRegion, newRegion, type Region, type StudioDocument } from '../document/studio-document.ts'
import type { DocumentChange, ToolScene } from './tool.ts'
import type { MessageKey } from '../text/messages.ts'

export interface Target {
  readonly region: Region
  /** The document in which the region stands. */
  readonly document: StudioDocument
  readonly isNew: boolean
}

/** The region that is painted: the chosen one, or a new one. Null when it is locked. */
export function targetRegion(scene: ToolScene): Target | null {
  const chosen = findRegion(scene.document, scene.regionId)
  if (chosen !== undefined) return chosen.isLocked ? null : { region: chosen, document: scene.document, isNew: false }
  const region = newRegion(scene.document, scene.newId(), scene.newPhrase)
  return { region, document: { ...scene.document, regions: [...scene.document.regions, region] }, isNew: true }
}

/** The document with the region's new mask; with `takesFromOthers` nobody else keeps those pixels. */
export function paintTarget(
  { region, document, isNew }: Target,
  mask: TileMask,
  label: MessageKey,
  takesFromOthers: boolean,
): DocumentChange | null {
  if (mask === region.mask) return null
  const regions = document.regions.map((other) => {
    if (other.id === region.id) return { ...other, mask, isVisible: true }
    return takesFromOthers && !other.isLocked ? { ...other, mask: subtractMask(other.mask, mask) } : other
  })
  return {
    document: { ...document, regions },
    label: isNew ? 'change.newRegion' : label,
    regionId: region.id,
    asksPhrase: isNew && region.phrase === '',
  }
}
