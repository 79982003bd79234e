import { actingMasks } from '../document/edit-mask.ts'
import { type Layer, moved, type StudioDocument, withSetup } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'

/** The shown result becomes a layer: an undoable step, and a sign that it is liked. */
export async function keepResult(studio: StudioState): Promise<void> {
  const { results, document, view } = studio
  const image = results.shown
  if (image === null || isKept(studio, image)) return
  const { width, height } = document.current
  const number = results.images.indexOf(image) + 1
  const layer: Layer = {
    id: crypto.randomUUID(),
    name: studio.say('layer.result', { number }),
    image,
    opacity: 1,
    blend: 'normal',
    isVisible: true,
    isLocked: false,
    place: { x: 0, y: 0, width, height },
    angle: 0,
    isFlipped: false,
  }
  const kept = { ...document.current, layers: [layer, ...document.current.layers] }
  document.change(goesOnFrom(kept, image), 'change.keep')
  view.layerId = layer.id
  await studio.link.ask('feedback.add', { imageId: image, kind: 'pick' })
}

/** Whoever changes a picture part by part goes on from the part that was kept. */
const goesOnFrom = (document: StudioDocument, startImage: number): StudioDocument =>
  document.setup.startImage !== null && actingMasks(document).length > 0
    ? withSetup(document, { startImage })
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

/** The shown picture is what the next one starts from. */
export function startFromResult(studio: StudioState, image: number): void {
  const { document } = studio
  const startStrength = document.current.setup.startStrength ?? 0.6
  document.change(withSetup(document.current, { startImage: image, startStrength }), 'change.start')
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
