import type { JobRequest } from '../../contract/records.ts'

/** What a smaller attempt changes. */
export interface LowerRequest {
  readonly request: JobRequest
  /** For the job's notes, such as `lower-size 768x768 512x512`. */
  readonly note: string
}

const factor = 0.75
const step = 64
const leastSide = 256

/**
 * The same request at about half the memory: both sides times 0.75, on multiples of 64 with the ratio kept as near as
 * those allow. Undefined when it is small already, when the size is the model's own, or when a layout is drawn for it.
 */
export const lowerRequest = (request: JobRequest): LowerRequest | undefined => {
  const { width, height, layout } = request
  if (width === undefined || height === undefined || layout !== undefined) return undefined
  const [lowerWidth, lowerHeight] = [lowerSide(width), lowerSide(height)]
  if (lowerWidth >= width || lowerHeight >= height) return undefined
  return {
    request: { ...request, width: lowerWidth, height: lowerHeight },
    note: `lower-size ${width}x${height} ${lowerWidth}x${lowerHeight}`,
  }
}

const lowerSide = (side: number): number => Math.max(leastSide, Math.floor((side * factor) / step) * step)
