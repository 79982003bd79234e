import { heatedWord, regionOfWord, shownHeat } from '../../actions/read-heat.ts'
import { drawTurned, type PictureScene, type ShownHeat, type ShownPicture } from '../../canvas/picture-surface.ts'
import { documentInHand, layerInHand, shownResult } from '../../actions/shown-result.ts'
import type { FillGround } from '../../canvas/flood-fill.ts'
import type { Size } from '../../canvas/geometry.ts'
import type { Layer, StudioDocument } from '../../document/studio-document.ts'
import { isLook, stepsOf, workText } from '../../state/job-steps.ts'
import type { StudioState } from '../../state/studio-state.svelte.ts'
import { type GesturePreview, noPreview, type ToolId, type ToolScene } from '../../tools/tool.ts'

/** The step of sizes that the model works best at. */
export const sizeFactor = ({ width, height }: Size): number => (Math.max(width, height) < 512 ? 8 : 64)

/** What a tool gets to see when it is put down. */
export const makeToolScene = (studio: StudioState, tool: ToolId): ToolScene => {
  const { view, document, pool } = studio
  return {
    document: tool === 'move' ? documentInHand(studio) : document.current,
    regionId: view.regionId,
    newPhrase: view.selectedWords,
    layerId: layerInHand(studio)?.id ?? null,
    maskId: view.maskId,
    camera: view.camera,
    brush: view.brush,
    mode: view.mode,
    tolerance: view.tolerance,
    isSnapping: view.isSnapping,
    sizeFactor: sizeFactor(document.current),
    readGround: () => readGround(studio),
    pool,
    newId: () => crypto.randomUUID(),
  }
}

/** The pictures on the paper as pixels, at the document's size. */
function readGround(studio: StudioState): FillGround | null {
  const { pictures } = shownPictures(studio)
  if (pictures.length === 0) return null
  const { width, height } = studio.document.current
  const brush = new OffscreenCanvas(width, height).getContext('2d')
  if (brush === null) return null
  for (const shown of pictures) {
    brush.globalAlpha = shown.opacity
    brush.globalCompositeOperation = shown.blend
    drawTurned(brush, shown, shown.place)
  }
  return { width, height, channels: 4, data: brush.getImageData(0, 0, width, height).data }
}

const upright = { angle: 0, isFlipped: false } as const

const whole = (document: StudioDocument) => ({ x: 0, y: 0, width: document.width, height: document.height })

/** Which pictures lie on the paper now: the preview of what is being made, the shown result, or the layers. */
export function shownPictures(
  studio: StudioState,
  gesture: GesturePreview = noPreview,
): Pick<PictureScene, 'pictures' | 'before' | 'heat'> {
  const { results, jobs, document, view } = studio
  const { preview } = jobs
  const isMine = preview !== null && results.isFollowing && results.places.some(({ jobId }) => jobId === preview.jobId)
  if (isMine) {
    const { image } = preview
    const shown: ShownPicture = {
      image,
      size: { width: image.width, height: image.height },
      place: whole(document.current),
      opacity: 1,
      blend: 'source-over',
      isBlurred: true,
      ...upright,
    }
    return { pictures: [shown], before: null, heat: null }
  }
  const result = shownResult(studio)
  const after = result === null ? [] : uppermost(studio, result, gesture)
  const before = view.compare === 'slider' && results.previous !== null ? resultPicture(studio, results.previous) : null
  return {
    pictures: [...layerPictures(studio, result, gesture), ...after],
    before: before === null ? null : { shown: before, share: view.compareShare },
    heat: heatOver(studio),
  }
}

/** Whether a picture that belongs on the paper, or is compared with, is still on its way. */
export function waitsForPictures({ results, document, view, pictures }: StudioState): boolean {
  const layers = document.current.layers.filter(({ isVisible }) => isVisible).map(({ image }) => image)
  const compared = view.compare === 'off' ? null : results.previous
  // Every one is asked for: what comes later is not waited for one after the other.
  return [results.shown, compared, ...layers].filter((id) => id !== null && pictures.isComing(id)).length > 0
}

/** The shown result as it lies over the layers; for comparing, and under a heat map, just the picture. */
function uppermost(studio: StudioState, result: Layer, gesture: GesturePreview): readonly ShownPicture[] {
  const { results, view } = studio
  if (view.compare === 'off' && !view.isFlickerOn && shownHeat(studio) === undefined)
    return layerPicture(studio, { ...result, isVisible: true }, gesture)
  const picture = resultPicture(studio, (view.isFlickerOn ? results.previous : null) ?? result.image)
  return picture === null ? [] : [picture]
}

function heatOver(studio: StudioState): ShownHeat | null {
  const { view, heatImages } = studio
  const grid = shownHeat(studio)
  if (grid === undefined) return null
  const isOutlined = view.heatPalette === 'outline'
  return { image: heatImages.get(grid, view.heatPalette), opacity: view.heatStrength, dims: !isOutlined }
}

function resultPicture(studio: StudioState, id: number): ShownPicture | null {
  const loaded = studio.pictures.get(id)
  if (loaded === undefined) return null
  return {
    ...loaded,
    place: whole(studio.document.current),
    opacity: 1,
    blend: 'source-over',
    isBlurred: false,
    ...upright,
  }
}

/** The layers from the lowest up, but for the one that is shown above them all. */
const layerPictures = (studio: StudioState, above: Layer | null, gesture: GesturePreview): readonly ShownPicture[] =>
  studio.document.current.layers
    .filter(({ id }) => id !== above?.id)
    .toReversed()
    .flatMap((layer) => layerPicture(studio, layer, gesture))

/** None while it is hidden or not loaded; one that is being moved is where the hand has it. */
function layerPicture(studio: StudioState, layer: Layer, gesture: GesturePreview): readonly ShownPicture[] {
  const loaded = layer.isVisible ? studio.pictures.get(layer.image) : undefined
  if (loaded === undefined) return []
  const { opacity, isFlipped, isLocked } = layer
  const isHeld = layer.id === layerInHand(studio)?.id && !isLocked
  const isMoved = gesture.kind === 'frame' && studio.view.tool === 'move' && isHeld
  const { place, angle } = isMoved ? { place: gesture.rect, angle: gesture.angle } : layer
  const blend = layer.blend === 'normal' ? ('source-over' as const) : layer.blend
  return [{ ...loaded, place, angle, isFlipped, opacity, blend, isBlurred: false }]
}

/** The two lines under the paper. */
export function stageCaption(studio: StudioState): { readonly left: string; readonly right: string } {
  const { document, results, jobs, view, say } = studio
  const { width, height } = document.current
  const size = say('caption.size', { width, height, factor: sizeFactor(document.current) })
  const { preview, progress } = jobs
  if (
    preview !== null &&
    progress !== null &&
    results.isFollowing &&
    results.places.some(({ jobId }) => jobId === preview.jobId)
  ) {
    return {
      left: isLook(progress) ? workText(progress, say) : say('caption.preview', stepsOf(progress)),
      right: size,
    }
  }
  if (results.shown === null)
    return { left: size, right: document.current.layers.length === 0 ? say('caption.none') : say('caption.layers') }
  const heated = heatCaption(studio)
  if (heated !== null) return heated
  const number = results.images.indexOf(results.shown) + 1
  const isUnder =
    view.tracing > 12 && document.current.regions.some(({ mask }) => mask.tiles.size > 0) && view.compare === 'off'
  return {
    left: size,
    right: say(isUnder ? 'caption.under' : 'caption.result', { number, all: results.images.length }),
  }
}

/** What the map over the picture is, and what its lines mean. */
function heatCaption(studio: StudioState): ReturnType<typeof stageCaption> | null {
  const { say } = studio
  const word = heatedWord(studio)
  const grid = shownHeat(studio)
  if (word === null || grid === undefined) return null
  const isGuided = (regionOfWord(studio, word)?.mask.tiles.size ?? 0) > 0
  return {
    left: say(grid.source === 'first' ? 'caption.heatFirst' : 'caption.heat', { word }),
    right: say(isGuided ? 'caption.heatLinesRegion' : 'caption.heatLines'),
  }
}
