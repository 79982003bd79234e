import { drawTurned } from '../canvas/picture-surface.ts'
import { type Layer, type StudioDocument, withSetup } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { uploadPicture } from './add-picture.ts'
import { shownResult } from './shown-result.ts'

/** Whether anything is shown that a picture could start from. */
export const canStart = ({ document, results }: StudioState): boolean =>
  results.shown !== null || visibleLayers(document.current).length > 0

/**
 * What is looked at, as a picture of the library: the shown result, else the layers as they lie on the paper. What is
 * moved, turned, faint or several becomes one picture first.
 *
 * @returns its id; null where nothing is shown
 */
export async function pictureOfShown(studio: StudioState): Promise<number | null> {
  const { current } = studio.document
  const result = shownResult(studio)
  const below = visibleLayers(current).filter(({ id }) => id !== result?.id)
  const layers = result === null ? below : [result, ...below]
  const [top] = layers
  if (top === undefined) return null
  return isWholePaper(current, top) ? top.image : flatten(studio, layers)
}

/** What is looked at is what the next picture starts from: an undoable step. */
export async function startFromShown(studio: StudioState, strength: number): Promise<void> {
  const image = await pictureOfShown(studio)
  const { document } = studio
  if (image !== null) document.change(startedFrom(document.current, image, strength), 'change.start')
}

export const startedFrom = (document: StudioDocument, startImage: number, strength: number): StudioDocument =>
  withSetup(document, { startImage, startStrength: document.setup.startStrength ?? strength })

const visibleLayers = ({ layers }: StudioDocument): readonly Layer[] =>
  layers.filter(({ isVisible, opacity }) => isVisible && opacity > 0)

/** Whether a layer hides all below it and is seen just as its picture is. */
export const isWholePaper = ({ width, height }: StudioDocument, layer: Layer): boolean => {
  const { place, angle, opacity, blend, isFlipped } = layer
  const fills = place.x === 0 && place.y === 0 && place.width === width && place.height === height
  return fills && angle === 0 && opacity === 1 && blend === 'normal' && !isFlipped
}

/** The layers as they are seen, on white paper, as one picture of the document's size. */
async function flatten(studio: StudioState, layers: readonly Layer[]): Promise<number> {
  const { width, height } = studio.document.current
  const canvas = new OffscreenCanvas(width, height)
  const brush = canvas.getContext('2d')
  if (brush === null) throw new Error('canvas: the browser gave no 2D context.')
  brush.fillStyle = '#fff'
  brush.fillRect(0, 0, width, height)
  for (const layer of layers.toReversed()) {
    const { angle, blend, image, isFlipped, opacity, place } = layer
    const loaded = await studio.pictures.load(image)
    brush.globalAlpha = opacity
    brush.globalCompositeOperation = blend === 'normal' ? 'source-over' : blend
    drawTurned(brush, { ...loaded, angle, isFlipped }, place)
  }
  const file = new File([await canvas.convertToBlob({ type: 'image/png' })], `${studio.document.name || 'Attune'}.png`)
  return uploadPicture(studio, file)
}
