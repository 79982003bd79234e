import { EngineError } from '../contract/failures.ts'
import type { RawPicture } from '../contract/records.ts'
import { throwIfCancelled } from '../diffusion/throw-if-cancelled.ts'
import { flatten, toTensor } from '../image/pixels.ts'
import { resize, type Size } from '../image/resize.ts'
import type { Machine, ModelTraits } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/** Latents of a picture brought to the size that a model knows best. */
export interface EncodedPicture {
  /** [1, C, h, w]. */
  readonly latents: NdArray
  /** In pixels. */
  readonly size: Size
}

/** @throws EngineError 'cancelled', 'model-unsupported' for an inpainting model, 'shape-mismatch', and what the machine refuses */
export const encodePicture = async (
  machine: Machine,
  picture: RawPicture,
  signal: AbortSignal,
): Promise<EncodedPicture> => {
  throwIfCancelled(signal)
  refuseInpainting(machine.traits)
  const size = fittingSize(picture, machine.traits)
  const tensor = toTensor(flatten(picture))
  const isSame = size.width === picture.width && size.height === picture.height
  const mode = size.width < picture.width ? 'area' : 'bilinear'
  return { latents: await machine.encodeImage(isSame ? tensor : resize(tensor, size, mode)), size }
}

/** @throws EngineError 'model-unsupported' for a model that sees pictures with a hole only */
const refuseInpainting = ({ isInpainting, name }: Pick<ModelTraits, 'isInpainting' | 'name'>): void => {
  if (!isInpainting) return
  throw new EngineError('model-unsupported', {
    where: 'alignment',
    found: `${name}, an inpainting model`,
    expected: 'a model that sees whole pictures',
    remedy: 'Choose the plain checkpoint of the same family.',
  })
}

/** A picture that is longer than this is squeezed: the network never saw such shapes. */
const longestShape = 4

/** Latents per side are kept to multiples of this: networks halve them several times. */
const latentMultiple = 4

/**
 * The size of the model's own area that comes closest to a picture's shape.
 *
 * @returns sides in pixels that the network can halve
 */
export const fittingSize = (
  { width, height }: Size,
  { defaultSize, vaeFactor }: Pick<ModelTraits, 'defaultSize' | 'vaeFactor'>,
): Size => {
  const unit = vaeFactor * latentMultiple
  const scale = Math.sqrt((defaultSize.width * defaultSize.height) / (width * height))
  const side = (length: number, longest: number): number =>
    Math.max(unit, Math.min(longest, Math.round((length * scale) / unit) * unit))
  return {
    width: side(width, longestShape * defaultSize.width),
    height: side(height, longestShape * defaultSize.height),
  }
}
