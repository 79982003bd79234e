import { actingMasks } from '../document/edit-mask.ts'
import { type Layer, moved, type StudioDocument, withSetup } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import type { DocumentChange } from '../tools/tool.ts'
import { unkeptResult, withResult } from './shown-result.ts'
import { isWholePaper } from './start-from.ts'

/** The shown result becomes a layer: an undoable step, and a sign that it is liked. */
export async function keepResult(studio: StudioState): Promise<void> {
  const layer = unkeptResult(studio)
  if (layer !== null) await keepAs(studio, layer, 'change.keep')
}

/** The shown result becomes a layer that lies, or looks, otherwise than it was shown: one undoable step for both. */
export async function keepAs(
  studio: StudioState,
  layer: Layer,
  label: 'change.keep' | 'change.keepResult',
  mergeKey: string | null = null,
): Promise<void> {
  const { document, view } = studio
  document.change(goesOnFrom(withResult(document.current, layer), layer), label, mergeKey)
  view.layerId = layer.id
  await studio.link.ask('feedback.add', { imageId: layer.image, kind: 'pick' })
}

/** Takes over what a tool did. A result that it moved was no layer before. */
export function takeOver(studio: StudioState, change: DocumentChange): void {
  const { document, view } = studio
  const result = unkeptResult(studio)
  const kept = change.document.layers.find(({ id }) => id === result?.id)
  if (kept !== undefined) {
    void studio.attempt(() => keepAs(studio, kept, 'change.keepResult'))
    return
  }
  document.change(change.document, change.label)
  if (change.regionId === undefined) return
  view.hold('region', change.regionId)
  if (change.asksPhrase === true) view.askingPhrase = change.regionId
}

/** Whoever changes a picture part by part goes on from the part that was kept. */
const goesOnFrom = (document: StudioDocument, layer: Layer): StudioDocument =>
  document.setup.startImage !== null && actingMasks(document).length > 0 && isWholePaper(document, layer)
    ? withSetup(document, { startImage: layer.image })
    : document

export const isKept = (studio: StudioState, image: number): boolean =>
  studio.document.current.layers.some((layer) => layer.image === image)

/** Takes the shown result out of the strip; it stays in the gallery, set aside. */
export async function discardResult(studio: StudioState): Promise<void> {
  const { results, notices } = studio
  const image = results.shown
  if (image === null) return
  const before = results.places
  results.take(image)
  const { event } = await studio.link.ask('feedback.add', { imageId: image, kind: 'set-aside' })
  notices.show(
    'notice.discarded',
    {},
    {
      action: {
        label: 'command.undo',
        run: () => {
          results.restore(before, image)
          void studio.attempt(async () => void (await studio.link.ask('feedback.undo', { eventId: event.id })))
        },
      },
    },
  )
}

/** A picture is what the next one starts from. */
export function startFromLayer({ document }: StudioState, image: number): void {
  const startStrength = document.current.setup.startStrength ?? 0.6
  document.change(withSetup(document.current, { startImage: image, startStrength }), 'change.start')
}

/** The same for whoever wants to see how it starts. */
export function startFromResult(studio: StudioState, image: number): void {
  startFromLayer(studio, image)
  studio.view.sideTab = 'setup'
}

/** Puts a region or a layer at another place of its list. */
export function moveLayer(studio: StudioState, from: number, to: number): void {
  const { document } = studio
  document.change({ ...document.current, layers: moved(document.current.layers, from, to) }, 'change.order')
}

export function moveRegion(studio: StudioState, from: number, to: number): void {
  const { document } = studio
  document.change({ ...document.current, regions: moved(document.current.regions, from, to) }, 'change.order')
}
