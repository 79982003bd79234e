import { EngineError } from '../contract/failures.ts'
import { keepOutside } from '../diffusion/keep-outside.ts'
import { pasteOver } from '../image/paste-over.ts'
import { flatten, toPixels, toTensor } from '../image/pixels.ts'
import { resize } from '../image/resize.ts'
import type { RawPicture } from '../contract/records.ts'
import type { NoiseLevel } from '../machine/denoiser.ts'
import type { Machine } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { changeArea, type ChangeArea } from './change-area.ts'
import type { GenerateInput } from './generate-input.ts'
import { inpaintingMachine } from './inpainting-machine.ts'
import type { ResolvedRequest } from './resolve-request.ts'

/** The picture that another one starts from, at its size. */
export interface StartPicture {
  /** [1, 3, H, W], -1 … 1. */
  readonly picture: NdArray
  /** Clean latents, [1, C, h, w]. */
  readonly latents: NdArray
  /** Where it may change; null = everywhere. */
  readonly area: ChangeArea | null
}

/**
 * Reads the picture that a request starts from.
 *
 * @returns null when it starts from noise alone
 * @throws EngineError 'bad-argument' when pixels are missing or a mask covers nothing, and as the machine
 */
export const readStart = async (
  { machine, request, image, changeMasks = [] }: GenerateInput,
  { width, height }: ResolvedRequest,
): Promise<StartPicture | null> => {
  if (request.image === undefined) return null
  if (image === undefined) {
    throw new EngineError('bad-argument', {
      where: 'img2img',
      found: 'no pixels',
      expected: `those of ${request.image.source}`,
    })
  }
  const { masks } = request.image
  const area = masks === undefined ? null : changeArea(masks, changeMasks, { width, height })
  const picture = resize(toTensor(flatten(image)), { width, height }, width < image.width ? 'area' : 'bilinear')
  return { picture, latents: await machine.encodeImage(picture), area }
}

/** After each step and at the end: what keeps a start picture as it is outside of its masks. */
export interface Keeping {
  readonly afterStep: (x: NdArray, next: NoiseLevel, isLast: boolean) => NdArray
  /** The picture with everything outside as it was, byte for byte. */
  readonly paste: (picture: RawPicture) => RawPicture
}

const keepsNothing: Keeping = { afterStep: (x) => x, paste: (picture) => picture }

/** @param noise  of the start, [1, C, h, w] */
export const keepingOf = (start: StartPicture | null, noise: NdArray): Keeping => {
  if (start?.area == null) return keepsNothing
  const { picture, latents, area } = start
  const coverage = cellsOf(area.coverage, latents)
  return {
    afterStep: keepOutside({ latents, noise, coverage }),
    paste: (drawn) => pasteOver(toPixels(picture), drawn, area.share),
  }
}

/** The machine as samplers know it: a network for inpainting is shown the mask and what lies around it, where there is one. */
export const paintingMachine = async (
  machine: Machine,
  start: StartPicture | null,
  { width, height }: ResolvedRequest,
): Promise<Machine> => {
  const { isInpainting, vaeFactor } = machine.traits
  if (!isInpainting || start?.area == null) return machine
  const size = { height: height / vaeFactor, width: width / vaeFactor }
  const painted = start.area.coverage
  const hard: NdArray = { shape: painted.shape, data: painted.data.map((share) => (share < 0.5 ? 0 : 1)) }
  const around: NdArray = {
    shape: start.picture.shape,
    data: start.picture.data.map((value, i) => (hard.data[i % hard.data.length] === 1 ? 0 : value)),
  }
  return inpaintingMachine(machine, {
    mask: resize(hard, size, 'nearest'),
    masked: await machine.encodeImage(around),
  })
}

/** Pixels → cells of the latents, area-averaged. */
const cellsOf = (coverage: NdArray, { shape }: NdArray): NdArray => {
  const [, , height = 1, width = 1] = shape
  return resize(coverage, { height, width }, 'area')
}
