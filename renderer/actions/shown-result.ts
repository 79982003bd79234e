import { findMask } from '../document/edit-mask.ts'
import { findRegion, type Layer, type StudioDocument } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'

/**
 * The shown result as a layer: the one that it was kept as, which lies where it was put, else the one that it would become.
 *
 * @returns null when no result is shown
 */
export function shownResult(studio: StudioState): Layer | null {
  const { results, document } = studio
  const image = results.shown
  if (image === null) return null
  return document.current.layers.find((layer) => layer.image === image) ?? unkeptLayer(studio, image)
}

/** The shown result while it is no layer of the document. */
export function unkeptResult(studio: StudioState): Layer | null {
  const shown = shownResult(studio)
  return shown === null || studio.document.current.layers.includes(shown) ? null : shown
}

/** Its id stays the same however often it is kept and taken back. */
function unkeptLayer({ results, document, say }: StudioState, image: number): Layer {
  const { width, height } = document.current
  return {
    id: `result-${image}`,
    name: say('layer.result', { number: results.images.indexOf(image) + 1 }),
    image,
    opacity: results.opacityOf(image),
    blend: 'normal',
    isVisible: true,
    isLocked: false,
    place: { x: 0, y: 0, width, height },
    angle: 0,
    isFlipped: false,
  }
}

/** The layer in hand: a shown result goes before the layers it lies on, and needs no choosing when nothing else is in hand. */
export function layerInHand(studio: StudioState): Layer | null {
  const { view, document } = studio
  const isPaintHeld =
    findMask(document.current, view.maskId) !== undefined || findRegion(document.current, view.regionId) !== undefined
  if (view.layerId === null && isPaintHeld) return null
  return shownResult(studio) ?? document.current.layers.find(({ id }) => id === view.layerId) ?? null
}

/** Whether moving now would make a layer of the shown result. */
export function isUnkeptHeld(studio: StudioState): boolean {
  const layer = layerInHand(studio)
  return layer !== null && !studio.document.current.layers.includes(layer)
}

/** The document with the layer in hand in it, also when that is a result that is not kept. */
export function documentInHand(studio: StudioState): StudioDocument {
  const { current } = studio.document
  const layer = layerInHand(studio)
  return layer !== null && isUnkeptHeld(studio) ? withResult(current, layer) : current
}

/** The document with a result as its uppermost layer. */
export const withResult = (document: StudioDocument, layer: Layer): StudioDocument => ({
  ...document,
  layers: [layer, ...document.layers],
})
