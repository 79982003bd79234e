import { heatMask } from '../alignment/heat-mask.ts'
import { invertMask } from '../canvas/fill-shape.ts'
import type { TileMask } from '../canvas/tile-mask.ts'
import { findMask, newMask, withMask } from '../document/edit-mask.ts'
import { maskSize } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { pictureOfShown, startedFrom, startFromShown } from './start-from.ts'

/** A part that is painted anew may change a great deal. */
const startStrength = 0.8

/**
 * A new mask that the next stroke paints. Where nothing is started from, what is looked at is: one undoable step.
 *
 * @param painted  what it covers; nothing when absent
 */
export async function addMask(studio: StudioState, painted?: TileMask): Promise<void> {
  const { document, view, say } = studio
  const image = document.current.setup.startImage === null ? await pictureOfShown(studio) : null
  const number = document.current.masks.length + 1
  const blank = newMask(document.current, crypto.randomUUID(), say('mask.name', { number }))
  const mask = painted === undefined ? blank : { ...blank, mask: painted }
  const grown = { ...document.current, masks: [...document.current.masks, mask] }
  document.change(image === null ? grown : startedFrom(grown, image, startStrength), 'change.newMask')
  view.hold('mask', mask.id)
  view.sideTab = 'layers'
  if (!view.isPainting) view.choose('brush')
}

/** What is looked at is started from, so that masks act. */
export const startForMasks = (studio: StudioState): Promise<void> => startFromShown(studio, startStrength)

export function removeMask({ document, view }: StudioState, id: string): void {
  document.change(
    { ...document.current, masks: document.current.masks.filter((mask) => mask.id !== id) },
    'change.removeMask',
  )
  if (view.maskId === id) view.hold('mask', null)
}

export function invertEditMask({ document }: StudioState, id: string | null): void {
  const mask = findMask(document.current, id)
  if (mask === undefined || mask.isLocked) return
  document.change(withMask(document.current, mask.id, { mask: invertMask(mask.mask) }), 'change.invertMask')
}

/** What is hotter than the edge becomes a mask: these words may change, and nothing else. */
export async function makeMaskOfHeat(studio: StudioState, word: string): Promise<void> {
  const { document, view, alignment, results } = studio
  const grid = alignment.heat(results.shown, word)
  if (grid === undefined) return
  await addMask(studio, heatMask(grid, view.heatEdge, maskSize(document.current)))
  view.heatWord = null
}
