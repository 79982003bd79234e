import { withMask } from '../document/edit-mask.ts'
import { regionNumber, withLayer, withRegion } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { removeMask } from './edit-masks.ts'
import { nameRegion, removeLayer, removeRegion } from './edit-regions.ts'
import { discardResult, moveLayer, moveRegion } from './judge-result.ts'
import { unkeptResult } from './shown-result.ts'
import type { Thing } from './things-under.ts'

/** What regions, masks and layers share. */
export interface ThingChange {
  readonly isLocked?: boolean
  readonly isVisible?: boolean
  /** 0 … 1. */
  readonly opacity?: number
}

export const isUnkept = (studio: StudioState, { it }: Thing): boolean => it.id === unkeptResult(studio)?.id

export function nameOf({ say, document }: StudioState, { kind, it }: Thing): string {
  if (kind !== 'region') return it.name
  const phrase = it.phrase === '' ? say('region.unnamed') : it.phrase
  return `${regionNumber(document.current, it.id)} ${phrase}`
}

/** One undoable step; the opacity of a result that is not kept is no part of the document. */
export function changeThing(studio: StudioState, { kind, it }: Thing, change: ThingChange): void {
  const { document, results } = studio
  const label =
    change.isLocked !== undefined ? 'change.lock' : change.isVisible !== undefined ? 'change.visible' : undefined
  switch (kind) {
    case 'region':
      document.change(withRegion(document.current, it.id, change), label ?? 'change.regionOpacity')
      break
    case 'mask':
      document.change(withMask(document.current, it.id, change), label ?? 'change.mask')
      break
    case 'layer':
      if (!isUnkept(studio, { kind, it })) document.change(withLayer(document.current, it.id, change), 'change.layer')
      else if (change.opacity !== undefined) results.fade(it.image, change.opacity)
  }
}

/** One undoable step; what a region is called is what it asks for. */
export function renameThing(studio: StudioState, { kind, it }: Thing, name: string): void {
  const { document } = studio
  if (kind === 'region') nameRegion(studio, it.id, name, false)
  else if (kind === 'mask') document.change(withMask(document.current, it.id, { name }), 'change.rename')
  else document.change(withLayer(document.current, it.id, { name }), 'change.rename')
}

/** Lets the user write its name where it stands in the list. */
export function beginRename({ view }: StudioState, { kind, it }: Thing): void {
  view.hold(kind, it.id)
  view.sideTab = 'layers'
  view.isSideOpen = true
  view.renaming = it.id
}

/** Hides what is seen: a shown result is put away, whether it is kept or not. */
export function hideThing(studio: StudioState, thing: Thing): void {
  const isShown = thing.kind === 'layer' && thing.it.image === studio.results.shown
  if (isShown) studio.results.show(null)
  if (!isUnkept(studio, thing)) changeThing(studio, thing, { isVisible: false })
}

export async function removeThing(studio: StudioState, thing: Thing): Promise<void> {
  if (isUnkept(studio, thing)) await discardResult(studio)
  else if (thing.kind === 'region') removeRegion(studio, thing.it.id)
  else if (thing.kind === 'mask') removeMask(studio, thing.it.id)
  else removeLayer(studio, thing.it.id)
}

/** Above all others of its kind, or below them. Later regions lie above earlier ones, earlier layers above later ones. */
export function stackThing(studio: StudioState, { kind, it }: Thing, end: 'front' | 'back'): void {
  const { regions, layers } = studio.document.current
  if (kind === 'region')
    moveRegion(
      studio,
      regions.findIndex(({ id }) => id === it.id),
      end === 'front' ? regions.length - 1 : 0,
    )
  if (kind === 'layer')
    moveLayer(
      studio,
      layers.findIndex(({ id }) => id === it.id),
      end === 'front' ? 0 : layers.length - 1,
    )
}
