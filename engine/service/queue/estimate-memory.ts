import type { MemoryEstimate } from '../../contract/job-records.ts'
import type { JobRequest } from '../../contract/records.ts'

export interface MemoryFacts {
  /** Bytes of the model's weights on disk, and of the LoRAs. */
  readonly weightBytes: number
  /** The size of a picture when the request names none. */
  readonly defaultSide: number
  readonly availableBytes: number
}

/** Weights as the runtime holds them: fp16 files grow to fp32 on CPU, prepacked copies come on top. */
const weightFactor = 2.1
/** Activations of network and VAE, per pixel of the picture; measured on SD 1.5 at 512 it is about 5,000. */
const bytesPerPixel = 6000
const processBytes = 250_000_000
const step = 64

/**
 * What a run will need against what there is. An upper estimate from file sizes and pixels, made before the worker is
 * asked, so that a request that cannot fit is refused with a number instead of ending the night's queue.
 *
 * @source the factors: runtime-facts.md B4 and architecture decision 3 (the worker measures the real peak)
 */
export const estimateMemory = (request: JobRequest, facts: MemoryFacts): MemoryEstimate => {
  const { width = facts.defaultSide, height = facts.defaultSide } = request
  const fixedBytes = facts.weightBytes * weightFactor + processBytes
  const neededBytes = Math.round(fixedBytes + width * height * bytesPerPixel)
  const fits = neededBytes <= facts.availableBytes
  const remedy = fits ? null : largestSize(width / height, (facts.availableBytes - fixedBytes) / bytesPerPixel)
  return { neededBytes, availableBytes: facts.availableBytes, fits, remedy }
}

const largestSize = (ratio: number, pixels: number): { width: number; height: number } | null => {
  if (pixels < step * step) return null
  const snap = (side: number): number => Math.floor(side / step) * step
  const width = snap(Math.sqrt(pixels * ratio))
  const height = snap(Math.sqrt(pixels / ratio))
  return width < step || height < step ? null : { width, height }
}
