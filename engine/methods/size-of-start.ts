import type { GenerateRequest } from '../contract/records.ts'
import type { Size } from '../image/resize.ts'
import type { ModelTraits } from '../machine/machine.ts'

/** How many times larger or smaller than the model's own an area may be and still be drawn at its size. */
const farthestArea = 4
/** A picture that is longer than so many times the model's side is squeezed. */
const longestShape = 4
/** What a recipe takes at least. */
const shortestSide = 16

/**
 * A request that starts from a picture and names no size is drawn at the picture's own, as diffusers does it: each side
 * rounded to what the VAE factor divides. Where its area is more than four times the model's, or less than a quarter, the
 * model would repeat itself or see too little: then at the model's own area, in the picture's shape.
 *
 * @param image  the picture that `request.image` names
 */
export const sizedByStart = (
  request: GenerateRequest,
  image: Size | undefined,
  traits: Pick<ModelTraits, 'defaultSize' | 'vaeFactor'>,
): GenerateRequest => {
  const isOpen = request.image !== undefined && request.width === undefined && request.height === undefined
  return isOpen && image !== undefined ? { ...request, ...sizeFrom(image, traits) } : request
}

const sizeFrom = (image: Size, traits: Pick<ModelTraits, 'defaultSize' | 'vaeFactor'>): Size => {
  const { defaultSize, vaeFactor } = traits
  const times = (image.width * image.height) / (defaultSize.width * defaultSize.height)
  const scale = times > farthestArea || times < 1 / farthestArea ? Math.sqrt(1 / times) : 1
  return {
    width: near(Math.min(image.width * scale, longestShape * defaultSize.width), vaeFactor),
    height: near(Math.min(image.height * scale, longestShape * defaultSize.height), vaeFactor),
  }
}

const near = (side: number, factor: number): number =>
  Math.max(Math.ceil(shortestSide / factor) * factor, Math.round(side / factor) * factor)
