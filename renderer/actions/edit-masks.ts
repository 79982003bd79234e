import { heatMask } from '../alignment/heat-mask.ts'
import { invertMask } from '../canvas/fill-shape.ts'
import type { TileMask } from '../canvas/tile-mask.ts'
import { findMask, newMask, withMask } from '../document/edit-mask.ts'
import { maskSize, type StudioDocument, withSetup } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'

/** A part that is painted anew may change a great deal. */
const startStrength = 0.8

/** A new mask that the next stroke paints. Where nothing is started from, the picture that is looked at is: one undoable step. */
export function addMask(studio: StudioState, painted?: TileMask): void {
  const { document, view, say } = studio
  const number = document.current.masks.length + 1
  const blank = newMask(document.current, crypto.randomUUID(), say('mask.name', { number }))
  const mask = painted === undefined ? blank : { ...blank, mask: painted }
  const grown = { ...document.current, masks: [...document.current.masks, mask] }
  document.change(startedFrom(grown, picturesToStartFrom(studio)[0]), 'change.newMask')
  view.hold('mask', mask.id)
  view.sideTab = 'layers'
  if (!view.isPainting) view.choose('brush')
}

const startedFrom = (document: StudioDocument, image: number | undefined): StudioDocument =>
  document.setup.startImage !== null || image === undefined
    ? document
    : withSetup(document, { startImage: image, startStrength })

/** What is looked at: the shown result, else the layers from the top. */
export const picturesToStartFrom = ({ document, results }: StudioState): readonly number[] => [
  ...(results.shown === null ? [] : [results.shown]),
  ...document.current.layers.filter(({ isVisible }) => isVisible).map(({ image }) => image),
]

/** What is looked at is started from, so that masks act. */
export function startForMasks(studio: StudioState): void {
  const { document } = studio
  const started = startedFrom(document.current, picturesToStartFrom(studio)[0])
  document.change(started, 'change.start')
}

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
export function makeMaskOfHeat(studio: StudioState, word: string): void {
  const { document, view, alignment, results } = studio
  const grid = alignment.heat(results.shown, word)
  if (grid === undefined) return
  addMask(studio, heatMask(grid, view.heatEdge, maskSize(document.current)))
  view.heatWord = null
}
