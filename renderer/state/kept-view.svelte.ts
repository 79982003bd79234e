import { untrack } from 'svelte'
import type { SeenView } from './kept-state.svelte.ts'
import type { StudioState } from './studio-state.svelte.ts'

/** What is in hand as it was when the window was closed. */
export function restoreHand({ kept, view, gallery }: StudioState): void {
  const { hand } = kept.value
  if (hand === null) return
  const { softness, sizeUnit, pressureShare, stabiliser, tolerance, isSnapping, isSideOpen, cellSize, sort } = hand
  view.setBrush({ softness, sizeUnit, pressureShare, stabiliser })
  view.tolerance = tolerance
  view.isSnapping = isSnapping
  view.isSideOpen = isSideOpen && !matchMedia('(max-width: 1099px)').matches
  gallery.cellSize = cellSize
  gallery.sort = sort
}

/** How a document was looked at last; undefined when it never was. */
export const seenView = ({ kept }: StudioState, documentId: number): SeenView | undefined =>
  kept.value.views[String(documentId)]

export function restoreView({ view }: StudioState, known: SeenView): void {
  view.setBrush({ size: known.brushSize })
  view.tracings = known.tracings
  view.sideTab = known.sideTab
  view.isFitted = known.camera === null
  if (known.camera !== null) view.camera = known.camera
}

/** Remembers both whenever they change; to be called while a component is made. */
export function keepView(studio: StudioState): void {
  const { kept, view, gallery, document } = studio
  $effect(() => {
    if (!studio.isReady) return
    const { softness, sizeUnit, pressureShare, stabiliser } = view.brush
    const { tolerance, isSnapping, isSideOpen } = view
    const { cellSize, sort } = gallery
    const hand = { softness, sizeUnit, pressureShare, stabiliser, tolerance, isSnapping, isSideOpen, cellSize, sort }
    untrack(() => {
      if (JSON.stringify(hand) !== JSON.stringify(kept.value.hand)) kept.change({ hand })
    })
  })
  $effect(() => {
    if (!studio.isReady || document.id === null) return
    const key = String(document.id)
    const { tracings, sideTab, isFitted, camera } = view
    const seen = { brushSize: view.brush.size, tracings, sideTab, camera: isFitted ? null : camera }
    untrack(() => {
      const { views } = kept.value
      if (JSON.stringify(seen) !== JSON.stringify(views[key])) kept.change({ views: { ...views, [key]: seen } })
    })
  })
}
